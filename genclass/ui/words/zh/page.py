"""Words of the page as a whole, in Chinese."""

WORDS = {
    "title": "GenClass",
    "page_links": "本页：链接与语言",
    "copy_link": "复制链接",
    "copied": "已复制",
    "begun": "正在开始……",
    "comma": "、",
    "tagline": "一个网络生成图片，另一个认出图里是什么。先都试试，再训练你自己的。",
    "refused": "没能完成",
    "server_error": "这里出了点问题，不是你的错。请再试一次。",
    "generate": "生成",
    "classify": "分类",
    "train": "训练",
}
