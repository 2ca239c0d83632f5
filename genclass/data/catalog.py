"""The data sets that have a name."""

CLASSES = {
    "cifar10": "airplane automobile bird cat deer dog frog horse ship truck".split(),
    "fashion-mnist": "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(","),
    "mnist": [str(digit) for digit in range(10)],
}
MINI = {"cifar10-mini": "cifar10", "fashion-mnist-mini": "fashion-mnist"}
BUNDLED = {name: mini for mini, full in MINI.items() for name in (mini, full)}
NAMES = [*MINI, *CLASSES]
