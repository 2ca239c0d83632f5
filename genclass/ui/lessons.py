"""The words of the tab Learn, in one dict for each language, like those of ``text.py``.

Formulas are no words: they stand in ``learn.py`` and fill the places {in braces}. A letter between two dollar signs is
set as mathematics.
"""

ENGLISH = {
    "learn": "Learn",
    # the sections
    "learn_gan": "What a GAN is",
    "learn_cnn": "Inside a CNN",
    "learn_both": "How they help each other",
    "learn_choose": "How to choose",
    "learn_article": "Questions and answers",
    # what a GAN is
    "gan_text": "### Two networks, one game\n\n"
    "A **generator** $G$ turns random numbers $z$ into pictures. A **discriminator** $D$ looks at one picture at a "
    "time and says how likely it is to be real. $G$ never sees a real picture: all it learns, it learns from what $D$ "
    "tells it. The better $D$ sees through the fakes, the better $G$ must become. Below both learn before your eyes: "
    "a “picture” here is a single point, so that all of it fits into one square.",
    "gan_value_title": "The rules of the game, symbol by symbol",
    "gan_value": "{value}\n\n"
    "| symbol | what it is |\n|---|---|\n"
    "| $x$ | a real picture, drawn from the data; $p_x$ is the distribution of real pictures |\n"
    "| $z$ | a latent vector: random numbers, usually standard normal; $p_z$ is their distribution |\n"
    "| $G(z)$ | the picture that the generator makes of $z$; all of them together have a distribution, called $p_g$ |\n"
    "| $D(x)$ | a number from 0 to 1: how likely, in the discriminator's opinion, $x$ is real |\n"
    "| {expectation} | the mean over many draws; in training, over one batch |\n"
    "| $\\max$ over $D$ | the discriminator wants large values: $D$ near 1 on real pictures, near 0 on made ones |\n"
    "| $\\min$ over $G$ | the generator wants the same value small, and can only touch the second term |\n\n"
    "For a fixed $G$ the best possible discriminator is {best}. If $G$ has become perfect, $p_g = p_x$, then the best "
    "that $D$ can say is ½ everywhere, and the value of the game is {floor}. That is the point from which neither can "
    "improve. At it, $D$'s loss in the curve below is $2 \\ln 2$, about 1.39.",
    "gan_turns_title": "Why the two are trained in turn",
    "gan_turns": "Each player's loss depends on the other one, so neither has a fixed hill to descend. If $D$ were "
    "trained to the end first, it would be sure everywhere, and a sure $D$ gives $G$ no slope to follow. If $G$ were "
    "trained to the end against a fixed $D$, it would send every $z$ to the one point that this $D$ likes best. That is "
    "**mode collapse**. So they take turns: one small step (or a few) of $D$ on a batch of real and made pictures, with "
    "$G$ held still; then one small step of $G$ with $D$ held still.\n\n"
    "{turns}\n\n"
    "The second line is the **non-saturating** form. Early on $D$ rejects nearly everything, and the minimax form "
    "{saturating} is flat there. Asking $G$ to raise {raise_} instead has the same fixed point and a strong slope "
    "where $G$ is bad. Try it: choose “Stuck” below.",
    # the GAN in the plane
    "toy_title": "### A GAN that learns while you watch",
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
    "toy_learns_hint": "The orange points start in a heap and spread until they cover the ring. Where the square turns "
    "green, the discriminator believes in real points; orange, in made ones. At the end it is pale almost everywhere: "
    "it can hardly tell.",
    "toy_collapse_hint": "Sixteen groups are real, but without a penalty the generator settles on a few of them: it "
    "fools the discriminator there and has no reason to look elsewhere. Then press “Its cure”.",
    "toy_cure_hint": "The game goes on from where it was, now with a penalty on the discriminator's slope (R1). A smoother "
    "discriminator still shows the way to groups that were left out.",
    "toy_stuck_hint": "A strong discriminator and the minimax form: it is soon sure of every made point, the curve of the "
    "generator is flat at zero, and the points hardly know where to go.",
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
    "toy_key_fake": "made by the generator",
    "toy_curve_real": "loss of the discriminator",
    "toy_curve_fake": "loss of the generator",
    "toy_curves": "Both losses, step by step",
    "toy_running": "learning",
    "toy_resting": "at rest",
    "toy_told": "Step {step}, {state}: {covered} of the real points have a made one beside them; {good} of the made "
    "points lie beside a real one.",
    "toy_told_groups": "Step {step}, {state}: {found} of {groups} groups found; {covered} of the real points have a made "
    "one beside them; {good} of the made points lie beside a real one.",
}
