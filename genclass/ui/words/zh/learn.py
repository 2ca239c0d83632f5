"""Words of the tab Learn, in Chinese.

Formulas are no words: they stand in ``ui/learn/tab.py`` and fill the places {in braces}. A letter between two dollar
signs is set as mathematics.
"""

WORDS = {
    "learn": "学习",
    # the sections
    "learn_gan": "GAN",
    "learn_cnn": "CNN",
    "learn_both": "相互帮助",
    "learn_choose": "如何选择",
    "learn_article": "问答",
    # what a GAN is
    "gan_text": "### 两个网络，一场博弈\n\n"
    "**生成器** $G$ 把随机数 $z$ 变成图片。**判别器** $D$ 每次看一张图片，说出它有多大可能是真的。$G$ 从来没有见过"
    "真图片：它学到的一切，都来自 $D$ 的评价。$D$ 越会识破假图，$G$ 就必须做得越好。下面两者就在你眼前学习：这里的"
    "一张“图片”只是一个点，所以一个方框就装得下全部。",
    "gan_value_title": "博弈的规则，逐个符号解释",
    "gan_value": "{value}\n\n"
    "| 符号 | 含义 |\n"
    "|---|---|\n"
    "| $x$ | 一张真图片，取自数据；$p_x$ 是真图片的分布 |\n"
    "| $z$ | 潜在向量：一组随机数，通常服从标准正态分布；$p_z$ 是它们的分布 |\n"
    "| $G(z)$ | 生成器由 $z$ 做出的图片；所有这些图片的分布记作 $p_g$ |\n"
    "| $D(x)$ | 0 到 1 之间的一个数：判别器认为 $x$ 有多大可能是真的 |\n"
    "| {expectation} | 多次抽取的平均值；训练时是一个批次上的平均 |\n"
    "| $\\max$（对 $D$） | 判别器希望这个值大：真图片上 $D$ 接近 1，假图片上接近 0 |\n"
    "| $\\min$（对 $G$） | 生成器希望同一个值小，而它只能影响第二项 |\n\n"
    "$G$ 固定时，最好的判别器是 {best}。如果 $G$ 已经完美，即 $p_g = p_x$，$D$ 最多只能处处说 ½，博弈的值就是 "
    "{floor}。到了这一点，谁也无法再进步。此时上面曲线里 $D$ 的损失是 $2 \\ln 2$，约 1.39。",
    "gan_turns_title": "为什么要轮流训练",
    "gan_turns": "每一方的损失都取决于另一方，所以谁都没有一座固定的山可以下。如果先把 $D$ 训练到底，它处处都很有把"
    "握，而一个有把握的 $D$ 给不了 $G$ 任何梯度。如果对着固定的 $D$ 把 $G$ 训练到底，它会把每个 $z$ 都送到这个 $D$ "
    "最喜欢的那一点。这就是**模式崩溃**。所以双方轮流：先在一批真图和假图上让 $D$ 走一小步（或几步），$G$ 不动；再"
    "让 $G$ 走一小步，$D$ 不动。\n\n"
    "{turns}\n\n"
    "第二行是**非饱和**形式。一开始 $D$ 几乎拒绝一切，极小极大形式 {saturating} 在那里是平的。改为让 $G$ 提高 "
    "{raise_}，不动点相同，而在 $G$ 表现差的地方梯度很大。试试看：选上面的“卡住”。",
    # the GAN in the plane
    "toy_shape": "真实的点",
    "toy_ring": "圆环",
    "toy_grid": "网格",
    "toy_spiral": "螺旋",
    "toy_moons": "两个月牙",
    "toy_heart": "心形",
    "toy_drawn": "自己画",
    "toy_lessons": "四件值得看的事",
    "toy_learns": "学会",
    "toy_collapse": "模式崩溃",
    "toy_cure": "治好它",
    "toy_stuck": "卡住",
    "toy_learns_hint": "橙色的点从一堆开始，逐渐散开，直到盖住圆环。方框变绿的地方，判别器相信是真的点；变橙的地方，"
    "相信是假的。最后，有点的地方颜色变淡：在那里它已经分不清了。",
    "toy_collapse_hint": "真实的点有 16 群，但没有惩罚时，生成器只停在其中几群：它在那里骗得过判别器，没有理由再看"
    "别处。然后按“治好它”。",
    "toy_cure_hint": "博弈从原处继续，现在对判别器的梯度加了惩罚（R1）。更平滑的判别器仍然指得出通往被漏掉的群的路。",
    "toy_stuck_hint": "很强的判别器加上极小极大形式：它很快就对每个假点都有把握，生成器的曲线贴近零，点几乎不知"
    "道往哪里去。",
    "toy_loss": "损失",
    "toy_loss_non-saturating": "非饱和",
    "toy_loss_saturating": "极小极大（会饱和）",
    "toy_loss_hinge": "合页（hinge）",
    "toy_rate": "G 的学习率",
    "toy_discriminator_rate": "D 的学习率",
    "toy_steps": "G 每走一步，D 走几步",
    "toy_penalty": "对 D 的惩罚（R1）",
    "toy_pace": "速度",
    "toy_fast": "全速",
    "toy_slow": "慢动作",
    "toy_train": "训练",
    "toy_stop": "停止",
    "toy_step": "走一步",
    "toy_reset": "重新开始",
    "toy_draw": "画在这里：哪里该有真实的点？",
    "toy_blank": "先在方框里画，再按“训练”。",
    "toy_key_real": "真实的点",
    "toy_key_fake": "生成的点",
    "toy_curve_real": "判别器的损失",
    "toy_curve_fake": "生成器的损失",
    "toy_curves": "双方每一步的损失",
    "toy_running": "学习中",
    "toy_resting": "已停",
    "toy_told": "第 {step} 步，{state}：{covered} 的真实点旁边有生成的点；{good} 的生成点在真实点旁边。",
    "toy_told_groups": "第 {step} 步，{state}：找到 {groups} 群中的 {found} 群；{covered} 的真实点旁边有生成的点；"
    "{good} 的生成点在真实点旁边。",
    # inside a CNN
    "cnn_text": "### 在图片上移动的小卷积核\n\n"
    "**卷积神经网络**（CNN）先找小图案，再把它们拼起来。干活的是**卷积核**：对每张输入图有九个数，依次盖在图片的每"
    "个位置上。图片与卷积核相似的地方，得到的和就大。下面的数字都是真的：它们是你所选网络训练好的权重，用在你自己的"
    "图片上。在图上点击或拖动，或者移动滑块。",
    "cnn_formula": "{convolution}\n\n"
    "$x$ 是输入，$c$ 是它的各张图，$w$ 是卷积核，$b$ 是偏置，$o$ 是滤波器的编号：每个滤波器对每张输入图都有一个卷积"
    "核，合起来做出一张输出图。同样几个权重用在每个位置。所以彩色图片的第一层只需要 32 · (3 · 9 + 1) = 896 个数，在"
    "一个角落学会的图案，到处都认得。然后 **ReLU** 把小于零的变成零，**最大池化**在每个 2×2 里留下最大的：图的边长"
    "减半，平移一个像素也变化不大。\n\n"
    "{pooling}",
    "cnn_network": "网络",
    "cnn_layers": "卷积层",
    "cnn_layer": "{number}",
    "cnn_index": "滤波器",
    "cnn_channel": "输入图",
    "cnn_row": "行",
    "cnn_column": "列",
    "cnn_input": "输入图 {channel}",
    "cnn_kernel": "滤波器 {index} 对输入图 {channel} 的卷积核",
    "cnn_sums": "滤波器 {index} 的和：{side}×{side}",
    "cnn_rectified": "ReLU 之后，按 2×2 划分",
    "cnn_pooled": "最大池化之后：{side}×{side}",
    "cnn_patch": "第 {row} 行第 {column} 列的输入",
    "cnn_weights": "卷积核",
    "cnn_products": "乘积",
    "cnn_sum": "这九个乘积之和是 {here}。这个滤波器的其余输入图（{count} 张）加上 {others}，偏置加上 {bias}。合计："
    "{total}。ReLU 之后：{rectified}。",
    "cnn_pool": "最大池化看这四个值：{four}，留下 {largest}。",
    "cnn_colours": "绿色大于零，橙色小于零；颜色越深，离零越远。",
    "dense_title": "全连接层：每个数都与每个数相连",
    "dense_text": "{dense}\n\n"
    "最后一次池化之后，所有的图排成一个长向量。**全连接层**的每个输出对每个输入都有自己的权重，求和后加上偏置，再经"
    "过函数 $f$。这里第一个全连接层有 1,024 个输出，它的 $f$ 是 ReLU。第二个对每个类别有一个输出，它的 $f$ 是 "
    "softmax，把得分变成概率。选一个类别：1,024 个特征里，哪些支持它，哪些反对它？",
    "dense_class": "类别",
    "dense_feature": "特征",
    "dense_value": "值 x",
    "dense_weight": "权重 w",
    "dense_product": "w · x",
    "dense_rest": "其余 {count} 个",
    "dense_bias": "偏置 b",
    "dense_score": "“{name}”的得分",
    "taught_title": "卷积核怎样学习：反向传播",
    "taught_text": "**损失**说明答案错得多厉害：正确类别的概率取对数，再取负号。它的梯度按链式法则一层一层往回传。"
    "对卷积核来说，结果又是一次卷积：输入与输出处的梯度作相关运算。\n\n"
    "{back}\n\n"
    "然后每个权重都逆着自己的梯度移动一点；$\\eta$ 是学习率。告诉网络这张图是上面所选的类别，看看所有权重走这样一步"
    "会怎样。（网络本身不变：学习的是一份副本。）学习率太大会走过头，损失反而可能上升。",
    "taught_rate": "学习率",
    "taught_input": "输入图",
    "taught_output": "损失在输出处的梯度",
    "taught_gradient": "损失对这个卷积核的梯度",
    "taught_after": "走一步 {rate} 之后的卷积核",
    "taught": "“{name}”的损失：这一步之前 {loss}，之后 {lower}。概率：之前 {share}，之后 {higher}。",
    "no_textbook": "没有三个卷积层的教科书网络可看。",
    # how they help each other
    "both_text": "### 一台机器的两半\n\n"
    "有人说“GAN 对 CNN”。但 CNN 是一种*网络*，GAN 是两个网络博弈的一种*训练方式*。在图片 GAN 里，双方通常都是 CNN："
    "判别器用卷积读图片，回答“真还是假”，正如分类器回答“衬衫还是鞋”；生成器把同样的机器倒过来用，用转置卷积从向量走"
    "到图片。\n\n"
    "所以两半可以互相帮助。在这里：\n\n"
    "- **分类器教判别器看图。** 随附的、知道类别的 GAN，学习时判别器除了看像素，还看一个训练好并冻结的分类器的特征图。"
    "在 CIFAR-10 上，到"
    "真图片的距离差不多时（236 对 229，越小越好），只看了 25,408 张训练图片，而不是 96,448 张：约四分之一。每张图片"
    "的代价是 1.6 倍，所以时间不到一半。各训练了一次。距离用的正是那个分类器的特征，这对后者有利；图片和另一个网络给"
    "出的结论与此一致。\n"
    "- **分类器引导生成器。** 在“生成”的“引导”里，分类器的梯度把潜在向量带往一个类别，即使这个 GAN 不知道类别。如"
    "果还有第二个分类器，它只被询问，这样就不会被讨好它的噪声骗过。\n"
    "- **判别器是裁判。** 生成器若带着它的判别器，每张生成的图片都会说明 $D$ 觉得它有多真。\n"
    "- **生成的图片可以训练分类器。** 有没有帮助、真图片好在哪里，都可以在这里测量：闭环在一种图片上训练，在另一种"
    "上测试。",
    "quiz_text": "#### 你来当判别器\n\n"
    "其中四张是真的测试图片，四张是生成的。标出生成的。如果生成器带着它的判别器，你还可以和 $D$ 比一比。",
    "inside_wait": "正在查看网络内部……",
    "quiz_wait": "正在发图片……",
    "quiz_model": "由谁生成",
    "quiz_round": "第几轮",
    "quiz_picks": "哪些是生成的？",
    "quiz_reveal": "揭晓",
    "quiz_again": "下一轮",
    "quiz_real": "真的",
    "quiz_generated": "生成的",
    "quiz_seen": "看作“{name}”",
    "quiz_score": "{count} 张里你答对了 {right} 张。",
    "quiz_scores": "{count} 张里你答对了 {right} 张，判别器答对了 {critic} 张。",
    # how to choose
    "choose_text": "### 训练之前的四个问题\n\n"
    "先看任务：要给每张图片一个类别，就用分类器；要新图片，就用生成器。再看数据：有多少图片，有没有标签？然后看算力，"
    "因为同样的图片，GAN 要花分类器几倍的计算。回答这些问题，看看理由。",
    "choice_task": "你想做什么？",
    "choice_task_is_tell": "认出图里是什么",
    "choice_task_is_make": "生成新图片",
    "choice_task_is_enlarge": "给小数据集添加图片",
    "choice_amount": "有多少图片？",
    "choice_amount_is_few": "少于 1,000",
    "choice_amount_is_some": "最多 10,000",
    "choice_amount_is_many": "更多",
    "choice_labels": "有标签吗？",
    "choice_labels_is_all": "有",
    "choice_labels_is_none": "没有",
    "choice_machine": "可以花多少时间？",
    "choice_machine_is_laptop": "笔记本电脑上几分钟",
    "choice_machine_is_night": "几小时或一夜",
    "choice_classifier": "训练一个分类器：预设“{preset}”，先用 {minutes} 分钟。",
    "choice_gan": "训练一个 GAN：预设“{preset}”，先用 {minutes} 分钟。",
    "choice_task_tell": "区分类别正是 CNN 分类器的用途：它的损失直接说明你要什么，在留出图片上的准确率说明它有多好。",
    "choice_task_make": "分类器不会生成图片，生成器会。没有一个数能说明图片有多好：要看图片本身，也看真假图片之间的"
    "距离。",
    "choice_task_enlarge": "GAN 学的是所给图片的分布，不会添加其中没有的知识。把真图片翻转、平移更便宜，往往也更有"
    "用：先试这个，再测量生成的图片有没有帮助。",
    "choice_no_labels": "没有标签，分类器就学不会这些类别。GAN 不需要标签；等有了少量标签，判别器学到的东西还可以利"
    "用。",
    "choice_labels_make": "没有标签，就不能向生成器点名要某个类别。如果这类图片有训练好的分类器认得，仍可以由它引导。",
    "choice_few_tell": "少于 1,000 张图片时，从零开始的网络很快就会死记硬背。这个预设接着训练一个自带的网络，只有"
    "最后一部分在学；每类先有十张图片就够了。",
    "choice_transfer_tell": "这在笔记本电脑上只要几分钟，再久也没有多少收获。有用的是更多的图片，每类数量相近。其中"
    "一些会留出来测试。",
    "choice_some_tell": "几千张图片，加上平移和翻转，够一个小网络用了。",
    "choice_many_tell": "图片多时，网络可以更宽，多训练几轮也仍有收获。",
    "choice_few_make": "少于 1,000 张图片时，判别器会死记硬背，再也教不了生成器新东西。这个预设接着训练一个自带的"
    " GAN；仍要提防照抄：看看与每张生成图片最像的训练图片。",
    "choice_transfer_make": "边训练边看图片，不再变好就停下：图片这么少，时间再长只会照抄。",
    "choice_some_make": "几千张图片能看出小 GAN 的本事，但图片仍然粗糙。",
    "choice_many_make": "图片多，GAN 才长得好。",
    "choice_laptop_tell": "在笔记本电脑上，小而快的网络几分钟就有能用的准确率。",
    "choice_night_tell": "有几小时的话，用更宽的网络、更多轮；再往后收获就小了。",
    "choice_laptop_make": "几分钟里，GAN 只能做出 28×28 或 32×32 像素的大致形状。用小网络：要紧的是这段时间里能看"
    "多少张图片。",
    "choice_night_make": "有几小时的话，用更宽的网络，再让判别器看训练好的分类器的特征图：所需图片约为四分之一。",
    # questions and answers
    "article_text": "### 三个问题\n\n"
    "这个实验室源于一篇把 GAN 和 CNN 放在一起讲的文章。它的问题，用这里可以试的东西来回答：",
    "article_difference_title": "GAN 和 CNN 有什么区别？",
    "article_difference": "它们说的不是一回事。CNN 说的是网络怎么搭：用卷积。GAN 说的是网络怎么训练：两个网络相互对"
    "抗，不需要标签。分类器学的是 $p(y|x)$，即图片的类别；GAN 学的是从 $p(x)$ 中抽样，即图片本身。一个有会下降的损"
    "失；另一个是博弈，损失会持平，图片却越来越好，所以进步要用别的办法来量。",
    "article_choice_title": "如何在两者之间选择？",
    "article_choice": "看任务，不看潮流：认出已有的，用分类器；做出没有的，用生成器。然后看数据、标签和时间，见“如"
    "何选择”。比较要诚实：模型好不好，要看是怎样测量的，而且要在它没见过的图片上测。",
    "article_link_title": "它们有什么联系，难在哪里，以后会怎样？",
    "article_link": "它们的构件相同，还互相帮助，见“相互帮助”。难处在于：GAN 会丢失模式，对每项设置都敏感；CNN 在一"
    "无所知的地方也很自信，还会被肉眼看不见的扰动骗过。这些都可以在这里亲手试出来。就图片质量而言，扩散模型已经超过"
    " GAN；但 GAN 只算一遍就能出图，所以拖动滑块时图片能实时变化。",
    "outlook_title": "它的展望，以及这里怎么做",
    "outlook": "| 文章的期望 | 这里 |\n"
    "|---|---|\n"
    "| **更多更好的数据** | 自带 {bundled} 个数据集，可下载 {fetched} 个，也可以用你自己图片的 zip 来训练；"
    "与训练数据不像的图片会被指"
    "出 |\n"
    "| **更好的算法** | 损失、学习率、惩罚都可以改，每种选择都有测量：类别一致率、Fréchet 距离、准确率、校准 |\n"
    "| **更多的应用** | 生成和引导图片，为一张图片找潜在向量，解释一个判断，检验它有多脆弱，把一个文件夹的图片整理"
    "成表格 |",
    "slips_title": "四处疏漏，予以更正",
    "slips": "1. **2×2 的输出。** 文章的生成器在该放大的地方缩小了：两个带步幅的卷积把 7×7 变成 4×4，再变成 2×2 像"
    "素，永远对不上数据的 28×28。本意应是*转置*卷积：7、14、28。用计算器都试一试。\n"
    "2. **从未训练的生成器。** 它的例子只让判别器走训练步，所以图片永远是噪声。双方必须轮流走；$G$ 走的时候 $D$ 不"
    "动，但梯度要穿过它传回来。\n"
    "3. **$p_d$ 是什么。** 文章说它是判别器的分布。$D$ 没有分布：它只给每张图片一个数。公式里的这个字母指*数据*的分"
    "布，这里写作 $p_x$。\n"
    "4. **“GAN 对 CNN”。** 它的 GAN 里两个网络都含有卷积：它们*就是* CNN。这两个词说的是不同的东西，谁也不必二选一。",
    "sizes_title": "#### 出来的图有多大？",
    "sizes_formula": "{plain} {transposed}\n\n"
    "其中边长 $n$，卷积核 $k$，步幅 $s$，填充 $p$（转置卷积另加 $s - 1$ 行输出填充）。",
    "sizes_size": "边长 n",
    "sizes_kernel": "卷积核 k",
    "sizes_stride": "步幅 s",
    "sizes_padding": "填充 p",
    "sizes_kind": "卷积的种类",
    "sizes_plain": "两个带步幅的卷积（文章的写法）",
    "sizes_transposed": "两个转置卷积（本意）",
    "sizes_side": "{side}×{side}",
    # experiments in the other tabs
    "try_sheet": "到“生成”里试：16 张图片",
    "try_typical": "到“生成”里试：典型的图片（截断 0.5）",
    "try_classes": "到“生成”里试：同一个潜在向量，每个类别",
    "try_classic": "到“训练”里试：修好的文章 GAN",
    "try_ask": "到“分类”里试：问问这张图片",
    "try_textbook": "到“训练”里试：教科书网络",
    "try_features": "到“训练”里试：借分类器的眼睛看的 GAN",
    "try_none": "这里没有能演示这一点的 GAN。",
    "try_advised": "按这个建议设置“训练”",
}
