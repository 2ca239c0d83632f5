"""What an exported page says, in both languages."""

LINK = {
    "en": {"link": "Link", "scan": "Scan the code to open this page, or copy its address:", "close": "Close"},
    "zh": {"link": "链接", "scan": "扫码打开本页，或复制网址：", "close": "关闭"},
}

PAGE = {
    "en": {
        **LINK["en"],
        "loading": "One moment …",
        "gallery": "All models",
        "missing": "A file that belongs to this page is missing or cut off: copy the whole folder again. It works "
        "from a web server only; a page to be opened from disk is exported as html.",
        "old": "This browser is too old for this page: it needs WebAssembly and DecompressionStream.",
        "broken": "The model does not run here: the file may be damaged, or this device has too little memory.",
        "about": "Everything is done on this device; nothing is sent anywhere. "
        "Runs on onnxruntime-web (Microsoft, MIT licence).",
    },
    "zh": {
        **LINK["zh"],
        "loading": "请稍候……",
        "gallery": "全部模型",
        "missing": "本页所需的文件缺失或不完整：请重新复制整个文件夹。"
        "它只能通过网页服务器打开；要从磁盘直接打开，请导出为 html。",
        "old": "浏览器版本过旧：本页需要 WebAssembly 和 DecompressionStream。",
        "broken": "模型无法在此运行：文件可能已损坏，或设备内存不足。",
        "about": "一切都在本设备上完成，不发送任何数据。由 onnxruntime-web（Microsoft，MIT 许可）运行。",
    },
}

# Of a folder of several: what is said of each model, by its kind.
GALLERY = {
    "en": {
        "hosted": "{count} models that answer in this browser",
        "gan": "Draws images of {size}×{size} pixels, trained on {dataset}.",
        "classifier": "Tells {count} kinds apart, trained on {dataset}.",
        "classes": "{classes} …",
        "about": "Everything is done on this device; nothing is sent anywhere.",
    },
    "zh": {
        "hosted": "{count} 个模型，直接在浏览器中运行",
        "gan": "生成 {size}×{size} 像素的图像，训练数据为 {dataset}。",
        "classifier": "能识别 {count} 个类别，训练数据为 {dataset}。",
        "classes": "{classes}……",
        "about": "一切都在本设备上完成，不发送任何数据。",
    },
}

GENERATOR = {
    "en": {
        "another": "Another",
        "save": "Save as PNG",
        "seed": "Seed",
        "count": "How many",
        "class": "Class",
        "in_turn": "in turn",
        "all": "all (one of each)",
        "truncation": "Variety (truncation)",
        "directions": "Directions",
        "direction": "Direction {index}",
        "rest": "Sliders to the middle",
        "sheet": "{count} generated images, from seed {seed} on",
    },
    "zh": {
        "another": "换一张",
        "save": "保存为 PNG",
        "seed": "种子",
        "count": "张数",
        "class": "类别",
        "in_turn": "轮流",
        "all": "全部（每类一张）",
        "truncation": "多样性（截断）",
        "directions": "方向",
        "direction": "方向 {index}",
        "rest": "滑块归中",
        "sheet": "从种子 {seed} 起生成的 {count} 张图像",
    },
}

CLASSIFIER = {
    "en": {
        "drop": "Drop a picture, paste one, or choose a file",
        "camera": "Camera",
        "halt": "Stop the camera",
        "turn": "Other camera",
        "no_camera": "There is no camera, or the browser keeps it back: allow it for this page.",
        "looking": "One moment …",
        "no_image": "This is no picture that the browser can read.",
        "seen": "what the network saw: {size}×{size} pixels",
        "none": "None of the {count} kinds I know (closest: {closest})",
        "neither": "Neither of the two kinds I know (closest: {closest})",
        "not_sure": "I am not sure (closest: {closest})",
        "unfamiliar": "The picture is unlike those that the model was trained on: do not rely on its answer.",
        "unsure": "No class is likely enough to be named.",
        "inverted": "Dark on light was turned into light on black, as in the training data.",
        "tiny": "The picture has {width}×{height} pixels only: made larger it shows no more. Do not rely on the "
        "answer.",
        "knows": "What it can tell apart",
        "alone": "In GenClass a larger network looks at photos too, and says which show none of these kinds. This page "
        "has only the small one: it may name a kind where a photo shows something else.",
    },
    "zh": {
        "drop": "拖入、粘贴或选择一张图片",
        "camera": "摄像头",
        "halt": "停止摄像头",
        "turn": "切换摄像头",
        "no_camera": "没有摄像头，或浏览器未允许使用：请为本页授权。",
        "looking": "请稍候……",
        "no_image": "浏览器无法读取这张图片。",
        "seen": "网络看到的：{size}×{size} 像素",
        "none": "不属于我认识的 {count} 类（最接近：{closest}）",
        "neither": "不属于我认识的两类（最接近：{closest}）",
        "not_sure": "我不确定（最接近：{closest}）",
        "unfamiliar": "这张图片与模型的训练数据不相似，答案不可靠。",
        "unsure": "没有一个类别的概率足够高。",
        "inverted": "已将浅底深色转换为黑底浅色，与训练数据一致。",
        "tiny": "图片只有 {width}×{height} 像素：放大也看不出更多，请不要依赖这个回答。",
        "knows": "能识别的类别",
        "alone": "在 GenClass 中，还有一个更大的网络查看照片，指出哪些不属于这些类别。"
        "本页只有这个小网络：照片里是别的东西时，它也可能报出一个类别。",
    },
}
