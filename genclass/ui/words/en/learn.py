"""Words of the tab Learn, in English.

Formulas are no words: they stand in ``ui/learn/tab.py`` and fill the places {in braces}. A letter between two dollar
signs is set as mathematics.
"""

WORDS = {
    "learn": "Learn",
    # the sections
    "learn_gan": "GAN",
    "learn_cnn": "CNN",
    "learn_both": "Together",
    "learn_choose": "Choosing",
    "learn_article": "Answers",
    # what a GAN is
    "gan_text": "### Two networks, one game\n\n"
    "A **generator** $G$ turns random numbers $z$ into pictures. A **discriminator** $D$ looks at one picture at a "
    "time and says how likely it is to be real. $G$ never sees a real picture: all it learns, it learns from what "
    "$D$ tells it. The better $D$ sees through the fakes, the better $G$ must become. Below both learn before your "
    "eyes: a “picture” here is a single point, so that all of it fits into one square.",
    "gan_value_title": "The rules of the game, symbol by symbol",
    "gan_value": "{value}\n\n"
    "| symbol | what it is |\n"
    "|---|---|\n"
    "| $x$ | a real picture, drawn from the data; $p_x$ is the distribution of real pictures |\n"
    "| $z$ | a latent vector: random numbers, usually standard normal; $p_z$ is their distribution |\n"
    "| $G(z)$ | the picture that the generator makes of $z$; all of them together have a distribution, called "
    "$p_g$ |\n"
    "| $D(x)$ | a number from 0 to 1: how likely, in the discriminator's opinion, $x$ is real |\n"
    "| {expectation} | the mean over many draws; in training, over one batch |\n"
    "| $\\max$ over $D$ | the discriminator wants large values: $D$ near 1 on real pictures, near 0 on "
    "generated ones |\n"
    "| $\\min$ over $G$ | the generator wants the same value small, and can only touch the second term |\n\n"
    "For a fixed $G$ the best possible discriminator is {best}. If $G$ has become perfect, $p_g = p_x$, then the "
    "best that $D$ can say is ½ everywhere, and the value of the game is {floor}. That is the point from which "
    "neither can improve. At it, $D$'s loss in the curve above is $2 \\ln 2$, about 1.39.",
    "gan_turns_title": "Why the two are trained in turn",
    "gan_turns": "Each player's loss depends on the other one, so neither has a fixed hill to descend. If $D$ were "
    "trained to the end first, it would be sure everywhere, and a sure $D$ gives $G$ no gradient to follow. If "
    "$G$ were trained to the end against a fixed $D$, it would send every $z$ to the one point that this $D$ likes "
    "best. That is **mode collapse**. So they take turns: one small step (or a few) of $D$ on a batch of real and "
    "generated pictures, with $G$ held still; then one small step of $G$ with $D$ held still.\n\n"
    "{turns}\n\n"
    "The second line is the **non-saturating** form. Early on $D$ rejects nearly everything, and the minimax form "
    "{saturating} is flat there. Asking $G$ to raise {raise_} instead has the same fixed point and a large "
    "gradient where $G$ is bad. Try it: choose “Stuck” above.",
    # the GAN in the plane
    "toy_shape": "What is real",
    "toy_ring": "ring",
    "toy_grid": "grid",
    "toy_spiral": "spiral",
    "toy_moons": "two moons",
    "toy_heart": "heart",
    "toy_drawn": "draw your own",
    "toy_lessons": "Four things to see",
    "toy_learns": "Learning",
    "toy_collapse": "Mode collapse",
    "toy_cure": "Its cure",
    "toy_stuck": "Stuck",
    "toy_learns_hint": "The orange points start in a heap and spread until they cover the ring. Where the square "
    "turns green, the discriminator believes in real points; orange, in generated ones. At the end it is pale "
    "where the points are: there it can hardly tell.",
    "toy_collapse_hint": "Sixteen groups are real, but without a penalty the generator settles on a few of them: "
    "it fools the discriminator there and has no reason to look elsewhere. Then press “Its cure”.",
    "toy_cure_hint": "The game goes on from where it was, now with a penalty on the discriminator's gradient (R1). "
    "A smoother discriminator still shows the way to groups that were left out.",
    "toy_stuck_hint": "A strong discriminator and the minimax form: it is soon sure of every generated point, the "
    "curve of the generator stays near zero, and the points hardly know where to go.",
    "toy_loss": "Loss",
    "toy_loss_non-saturating": "non-saturating",
    "toy_loss_saturating": "minimax (saturating)",
    "toy_loss_hinge": "hinge",
    "toy_rate": "Learning rate of G",
    "toy_discriminator_rate": "Learning rate of D",
    "toy_steps": "Steps of D for one of G",
    "toy_penalty": "Penalty on D (R1)",
    "toy_pace": "Pace",
    "toy_fast": "full speed",
    "toy_slow": "slow motion",
    "toy_train": "Train",
    "toy_stop": "Stop",
    "toy_step": "One step",
    "toy_reset": "Start over",
    "toy_draw": "Draw here: where should points be real?",
    "toy_blank": "Draw on the square, then press “Train”.",
    "toy_key_real": "real points",
    "toy_key_fake": "generated points",
    "toy_curve_real": "loss of the discriminator",
    "toy_curve_fake": "loss of the generator",
    "toy_curves": "Both losses, step by step",
    "toy_running": "learning",
    "toy_resting": "at rest",
    "toy_told": "Step {step}, {state}: {covered} of the real points have a generated one beside them; {good} of "
    "the generated points lie beside a real one.",
    "toy_told_groups": "Step {step}, {state}: {found} of {groups} groups found; {covered} of the real points have "
    "a generated one beside them; {good} of the generated points lie beside a real one.",
    # inside a CNN
    "cnn_text": "### A small kernel, moved over a picture\n\n"
    "A **convolutional network** (CNN) looks for small patterns first and puts them together later. Its work is "
    "done by **kernels**: nine numbers for each input map, laid over every place of the picture in turn. Where the "
    "picture resembles the kernel, the sum comes out large. All numbers below are real: these are the trained "
    "weights of the network that you choose, and this is your own image. Press or drag on a map, or move the "
    "sliders.",
    "cnn_formula": "{convolution}\n\n"
    "$x$ is the input with its maps $c$, $w$ the kernels, $b$ the bias, and $o$ numbers the filters: each filter "
    "has a kernel for every input map and makes one output map. The same few weights serve every place. So the "
    "first layer for colour images needs only 32 · (3 · 9 + 1) = 896 numbers, and a pattern learned in one corner "
    "is recognised in all. Then **ReLU** sets what is below zero to zero, and **max pooling** keeps the largest of "
    "each 2×2: maps half as wide, and a shift by one pixel changes little.\n\n"
    "{pooling}",
    "cnn_network": "Network",
    "cnn_layers": "Convolution",
    "cnn_layer": "{number}",
    "cnn_index": "Filter",
    "cnn_channel": "Input map",
    "cnn_row": "Row",
    "cnn_column": "Column",
    "cnn_input": "input map {channel}",
    "cnn_kernel": "kernel of filter {index} for input map {channel}",
    "cnn_sums": "sums of filter {index}: {side}×{side}",
    "cnn_rectified": "after ReLU, cut into 2×2",
    "cnn_pooled": "after max pooling: {side}×{side}",
    "cnn_patch": "input at row {row}, column {column}",
    "cnn_weights": "kernel",
    "cnn_products": "products",
    "cnn_sum": "These nine products add up to {here}. The other input maps of this filter ({count}) add {others}, "
    "the bias {bias}. Together: {total}. After ReLU: {rectified}.",
    "cnn_pool": "Max pooling looks at the four values {four} and keeps {largest}.",
    "cnn_colours": "Green is above zero, orange below; the stronger, the further.",
    "dense_title": "The dense layers: every number meets every other",
    "dense_text": "{dense}\n\n"
    "After the last pooling the maps are written into one long vector. A **dense layer** gives each output its own "
    "weight for each of its inputs, adds a bias, and passes the sums through a function $f$. The first dense layer "
    "here has 1,024 outputs with ReLU as its $f$. The second has one output for each class, and its $f$ is "
    "softmax, which turns scores into probabilities. Choose a class: which of the 1,024 features speak for it, and "
    "which against?",
    "dense_class": "Class",
    "dense_feature": "feature",
    "dense_value": "value x",
    "dense_weight": "weight w",
    "dense_product": "w · x",
    "dense_rest": "the other {count}",
    "dense_bias": "bias b",
    "dense_score": "score of {name}",
    "taught_title": "How a kernel learns: back-propagation",
    "taught_text": "The **loss** says how wrong the answer is: minus the logarithm of the right class's "
    "probability. Its gradient is passed back from layer to layer by the chain rule. For a kernel the result is a "
    "convolution again: the input, correlated with the gradient at the output.\n\n"
    "{back}\n\n"
    "Every weight then moves a little against its gradient; $\\eta$ is the learning rate. Tell the network that "
    "this image shows the class chosen above, and see what one such step of all its weights does. (The network itself "
    "stays as it is: a copy learns.) A large rate overshoots, and the loss may rise.",
    "taught_rate": "Learning rate",
    "taught_input": "input map",
    "taught_output": "gradient of the loss at the output",
    "taught_gradient": "gradient of the loss for this kernel",
    "taught_after": "kernel after a step of {rate}",
    "taught": "Loss for “{name}”: {loss} before the step, {lower} after it. Probability: {share} before, {higher} "
    "after.",
    "no_textbook": "There is no textbook network of three convolutions to look into.",
    # how they help each other
    "both_text": "### Two halves of one machine\n\n"
    "It is sometimes put as “GAN against CNN”. But a CNN is a kind of *network*, and a GAN is a kind of *training* "
    "in which two networks play. In image GANs both players are usually CNNs: the discriminator reads a picture "
    "with convolutions and answers “real or generated”, where a classifier answers “shirt or shoe”; the generator "
    "runs the same machinery backwards, from a vector to a picture, with transposed convolutions.\n\n"
    "So each half can help the other. In this lab:\n\n"
    "- **A classifier teaches the discriminator to see.** The shipped GANs that know classes learnt from "
    "discriminators that judged the pixels and, beside them, the feature maps of a trained, frozen classifier. On "
    "CIFAR-10 nearly the same distance to real images (236 against 229, smaller is better) was reached after 25,408 "
    "training images instead of 96,448: about a quarter. "
    "Each image cost 1.6 times as much, so the time fell to less than half. One training each. The distance is of "
    "that very classifier's features, which flatters the second; pictures and another network tell the same story.\n"
    "- **A classifier steers the generator.** Under “Guide” in Generate its gradient leads a latent to a class, "
    "even in a GAN that knows no classes. A second classifier, where there is one, is only asked, so that no one is "
    "fooled by noise made to please.\n"
    "- **A discriminator is a judge.** Where it is shipped with its generator, each generated image is told with how "
    "real it looks to $D$.\n"
    "- **Generated images can train a classifier.** Whether that helps, and where real images are still better, can be "
    "measured here: the closed loop trains on one kind and tests on the other.",
    "quiz_text": "#### You are the discriminator\n\n"
    "Four of these pictures are real test images, four are generated. Mark the generated ones. Where the "
    "discriminator is shipped with its generator, you are compared with $D$.",
    "inside_wait": "Looking inside the network…",
    "quiz_wait": "Dealing the pictures…",
    "quiz_model": "Generated by",
    "quiz_round": "Round",
    "quiz_picks": "Which are generated?",
    "quiz_reveal": "Reveal",
    "quiz_again": "Next round",
    "quiz_real": "real",
    "quiz_generated": "generated",
    "quiz_seen": "seen as {name}",
    "quiz_score": "You were right about {right} of {count}.",
    "quiz_scores": "You were right about {right} of {count}, the discriminator about {critic}.",
    # how to choose
    "choose_text": "### Four questions before any training\n\n"
    "First the task: a class for each image asks for a classifier, new images ask for a generator. Then the data: "
    "how many images, and do they carry labels? Then what you can compute, because a GAN needs several times what "
    "a classifier of the same images does. Answer, and read why.",
    "choice_task": "What do you want?",
    "choice_task_is_tell": "tell what images show",
    "choice_task_is_make": "make new images",
    "choice_task_is_enlarge": "more images for a small data set",
    "choice_amount": "How many images are there?",
    "choice_amount_is_few": "fewer than 1,000",
    "choice_amount_is_some": "up to 10,000",
    "choice_amount_is_many": "more",
    "choice_labels": "Are they labelled?",
    "choice_labels_is_all": "yes",
    "choice_labels_is_none": "no",
    "choice_machine": "What may it cost?",
    "choice_machine_is_laptop": "minutes on a laptop",
    "choice_machine_is_night": "hours, or a night",
    "choice_classifier": "Train a classifier: preset “{preset}”, {minutes} minutes to begin with.",
    "choice_gan": "Train a GAN: preset “{preset}”, {minutes} minutes to begin with.",
    "choice_task_tell": "Telling classes apart is what a CNN classifier is for: its loss says directly what you "
    "want, and its accuracy on images kept aside tells how good it is.",
    "choice_task_make": "A classifier cannot make images; a generator can. There is no one number that says how "
    "good they are: look at them, and at a distance between real and generated ones.",
    "choice_task_enlarge": "A GAN learns the distribution of the images it gets; it cannot add knowledge that is "
    "not in them. Mirroring and shifting the real ones is cheaper and often helps more: try that first, and "
    "measure whether generated images add anything.",
    "choice_no_labels": "Without labels no classifier can learn these classes. A GAN needs none; and what its "
    "discriminator has learned about the images can be used when a few labels arrive.",
    "choice_labels_make": "Without labels the generator cannot be asked for a class. A trained classifier can "
    "still guide it to one, if the images are of a kind that it knows.",
    "choice_few_tell": "With fewer than 1,000 images a network that begins from nothing soon knows them by heart. "
    "This preset goes on with a shipped one, of which only the last part learns; ten images of each class are enough "
    "to begin with.",
    "choice_transfer_tell": "That takes minutes on a laptop, and more time adds little. What helps is more images, of "
    "each class about as many. Some are kept aside to test on.",
    "choice_some_tell": "Some thousand images are enough for a small network with shifted and mirrored copies.",
    "choice_many_tell": "With many images the network may be wider, and more epochs still pay.",
    "choice_few_make": "With fewer than 1,000 images the discriminator learns them by heart and then teaches the "
    "generator nothing new. This preset goes on with a shipped GAN; expect copies all the same, and look at the "
    "training images that are most like each generated one.",
    "choice_transfer_make": "Look at the pictures as they come, and stop when they no longer get better: with so few "
    "images more time makes copies.",
    "choice_some_make": "Some thousand images show what a small GAN can do; the pictures stay coarse.",
    "choice_many_make": "Many images are what a GAN thrives on.",
    "choice_laptop_tell": "On a laptop the small fast network reaches a usable accuracy within minutes.",
    "choice_night_tell": "With hours to spend, take a wider network and more epochs; after that the gains become "
    "small.",
    "choice_laptop_make": "In minutes a GAN gives recognisable shapes at 28×28 or 32×32 pixels, no more. Take "
    "small networks: what counts is how many images they see in that time.",
    "choice_night_make": "With hours to spend, take wider networks, and let the discriminator see the maps of a "
    "trained classifier: it then needs about a quarter of the images.",
    # questions and answers
    "article_text": "### Three questions\n\n"
    "This lab began with an article that sets GAN and CNN side by side. Its questions, answered with what can be "
    "tried here:",
    "article_difference_title": "What is the difference between GAN and CNN?",
    "article_difference": "They answer to different words. CNN names how a network is built: with convolutions. "
    "GAN names how networks are trained: one against the other, and no labels needed. A classifier learns "
    "$p(y|x)$, the class of a picture. A GAN learns to draw from $p(x)$, the pictures themselves. One has a loss "
    "that falls; the other a game whose losses level off while the pictures get better, so that progress must be "
    "measured otherwise.",
    "article_choice_title": "How does one choose between them?",
    "article_choice": "By the task, not by fashion: to tell what is there, a classifier; to make what was not "
    "there, a generator. Then by data, labels and time, as under “Choosing”. And compare honestly: a model counts "
    "only with how it was measured, on images that it never saw.",
    "article_link_title": "How are they linked, what is hard, and what comes next?",
    "article_link": "They share their building blocks and help each other, as “Together” shows. What is hard: GANs "
    "lose modes and are sensitive to every setting, CNNs are sure of themselves even where they know nothing, and "
    "can be fooled by steps that no eye sees. All of this can be provoked here. For making images, diffusion "
    "models have overtaken GANs in quality; GANs still make an image in a single pass, which is why a slider can "
    "move one live.",
    "outlook_title": "Its outlook, and what the lab does about it",
    "outlook": "| the article hopes for | here |\n"
    "|---|---|\n"
    "| **more and better data** | {bundled} sets are bundled, {fetched} can be downloaded, and a zip of your own "
    "images can be trained on; what is unlike the training data is said to be so |\n"
    "| **better algorithms** | losses, learning rates and penalties can be changed, and each choice has its "
    "measurement: class agreement, Fréchet distance, accuracy, calibration |\n"
    "| **more applications** | making and steering images, finding an image's latent, explaining a decision, "
    "testing how fragile it is, sorting a folder of images into a table |",
    "slips_title": "Four slips, corrected",
    "slips": "1. **The 2×2 output.** The article's generator halves its maps where it should double them: its two "
    "strided convolutions turn 7×7 into 4×4 and then 2×2 pixels, which can never match the 28×28 of its data. What "
    "was meant are *transposed* convolutions: 7, 14, 28. Try both with the calculator.\n"
    "2. **The generator that is never trained.** Its example gives only the discriminator a training step, so the "
    "pictures stay noise for ever. Both must step, in turn; while $G$ steps, $D$ is held still but its gradient "
    "is passed through.\n"
    "3. **What $p_d$ stands for.** The article calls it the discriminator's distribution. $D$ has none: it gives a "
    "number for each picture. In the formula the letter means the distribution of the *data*, here $p_x$.\n"
    "4. **“GAN against CNN”.** Both networks of its GAN contain convolutions: they *are* CNNs. The two words name "
    "different things, and nobody has to choose one against the other.",
    "sizes_title": "#### How large does a map come out?",
    "sizes_formula": "{plain} {transposed}\n\n"
    "with side $n$, kernel $k$, stride $s$ and padding $p$ (the transposed one with $s - 1$ rows of output "
    "padding).",
    "sizes_size": "Side n",
    "sizes_kernel": "Kernel k",
    "sizes_stride": "Stride s",
    "sizes_padding": "Padding p",
    "sizes_kind": "Kind of convolution",
    "sizes_plain": "two strided convolutions (as in the article)",
    "sizes_transposed": "two transposed convolutions (as meant)",
    "sizes_side": "{side}×{side}",
    # experiments in the other tabs
    "try_sheet": "Try it in Generate: 16 pictures",
    "try_typical": "Try it in Generate: typical pictures (truncation 0.5)",
    "try_classes": "Try it in Generate: one latent, every class",
    "try_classic": "Try it in Train: the article's GAN, repaired",
    "try_ask": "Try it in Classify: ask about this image",
    "try_textbook": "Try it in Train: the textbook network",
    "try_features": "Try it in Train: a GAN that sees with a classifier",
    "try_none": "There is no GAN here that could show this.",
    "try_advised": "Set Train to this advice",
}
