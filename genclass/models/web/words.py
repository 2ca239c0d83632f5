"""What an exported page says, in both languages."""

GENERATOR = {
    "en": {
        "loading": "One moment …",
        "old": "This browser is too old for this page: it needs WebAssembly and DecompressionStream.",
        "broken": "The model does not run here: the file may be damaged, or this device has too little memory.",
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
        "about": "Drawn on this device; nothing is sent anywhere. A saved PNG can be dropped into GenClass. "
        "Runs on onnxruntime-web (Microsoft, MIT licence).",
    },
    "zh": {
        "loading": "请稍候……",
        "old": "浏览器版本过旧：本页需要 WebAssembly 和 DecompressionStream。",
        "broken": "模型无法在此运行：文件可能已损坏，或设备内存不足。",
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
        "about": "图像在本设备上绘制，不向任何地方发送数据。保存的 PNG 可拖入 GenClass。"
        "由 onnxruntime-web（Microsoft，MIT 许可）运行。",
    },
}
