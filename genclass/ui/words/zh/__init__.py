"""The page in simplified Chinese.

Terms, so that later words agree with earlier ones:

    image 图片, 图 (张)          sheet 图集                  strip 预览条; of a path 长图
    seed 种子                   latent 潜在向量             raw dimension 原始维度
    direction 方向              truncation 截断             recipe 配方
    path 路径                   walk 漫步                   guide 引导
    invert 反演                 generator 生成器            discriminator 判别器
    classifier 分类器           GAN GAN                     network 网络
    model 模型                  checkpoint 检查点           weights 权重
    class 类别                  probability 概率            sure 置信度
    accuracy 准确率             confusion matrix 混淆矩阵   calibration 校准
    loss 损失                   learning rate 学习率        epoch 轮
    batch 批次                  batch size 批大小           overfitting 过拟合
    step (training) 步          step (attack) 扰动幅度      adversarial image 对抗样本
    heat map 热力图             feature map 特征图          occlusion 遮挡
    data set 数据集             training images 训练图片    test images 测试图片
    run 训练任务                preset 预设                 resume 继续
    crop 裁剪                   pad 补边                    folder 文件夹
    latent space 潜空间         convolution 卷积层          pooling 池化

The reader is 你. Names that may be Chinese or not (classes, what a visitor typed) stand in “”, which needs no spaces;
between Chinese and Latin letters, digits or any other value stands one.
"""

NAME = "中文"
LOCALE = "zh-CN"  # what Gradio calls it
