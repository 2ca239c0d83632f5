"""Classifiers of the library timm, by their names there: one wrapper gives all that a ``ClassifierNetwork`` has to.

timm is imported where such a network is built. It is asked for architectures alone: it never downloads anything here.
"""

import re
from typing import Any, ClassVar

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

# Of these a stranger's model may be: small enough for any machine.
MODEST = ("tf_efficientnet_lite0", "efficientnet_b0", "mobilenetv3_small_100", "mobilenetv3_large_100", "resnet18",
          "resnet34", "resnet50")  # fmt: skip
LATE = 2  # stages that can learn anew for a moderate price: an eighth of what all of them cost
NAME = re.compile(r"^[a-z0-9_]+\Z")  # others make timm look elsewhere: hf-hub:…, local-dir:…


class TimmBackbone(nn.Module):
    """A network of timm with a linear head; images of other sizes than it was made for are taken, too.

    Args:
        model: timm's name of the architecture, such as ``tf_efficientnet_lite0``, without a tag of weights.

    Raises:
        ValueError: if timm knows no such architecture, or its parts are not those of a convolutional classifier.
    """

    network: Any  # an nn.Module with methods that all of timm's have, and no type of timm's says
    normalisation: ClassVar[dict[str, float]] = {"mean": 0.5, "std": 0.5}
    largest: ClassVar[int] = 224

    def __init__(
        self, classes: int = 10, channels: int = 3, image_size: int = 224, model: str = "tf_efficientnet_lite0"
    ) -> None:
        super().__init__()
        import timm

        if not NAME.match(model) or not timm.is_model(model):
            raise ValueError(f"timm knows no {model}")
        self.network = timm.create_model(model, pretrained=False, num_classes=classes, in_chans=channels)
        if not isinstance(self.network.get_classifier(), nn.Linear):
            raise ValueError(f"{model} has no linear head")
        self.stage_names = [stage["module"] for stage in self.network.feature_info]

    @property
    def head(self) -> nn.Linear:
        """The last layer, from features to scores."""
        return self.network.get_classifier()

    def begin_head(self, classes: int) -> None:
        """Put a last layer for other classes in its place, of zeros."""
        self.network.reset_classifier(classes)
        for value in self.head.parameters():
            nn.init.zeros_(value)

    @property
    def stages(self) -> list[nn.Module]:
        """Modules that give maps [N, channels, h, w], the finest first."""
        return [self.network.get_submodule(name) for name in self.stage_names]

    def fold(self) -> None:
        """Put norms into the convolutions before them, where it is known that they follow: in EfficientNet's kin."""
        from timm.layers import BatchNormAct2d

        if not self._is_sequence():
            return
        for module in list(self.network.modules()):
            parts = list(module.named_children())
            for (conv_name, conv), (norm_name, norm) in zip(parts, parts[1:]):
                if isinstance(conv, nn.Conv2d) and isinstance(norm, BatchNormAct2d):
                    setattr(module, conv_name, fuse_conv_bn_eval(conv, norm))
                    setattr(module, norm_name, norm.act)

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What each stage gives: [N, channels, h, w] each, the finest first."""
        return self.network.forward_intermediates(x, intermediates_only=True)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """float [N, D]: what the head sees."""
        return self.network.forward_head(self.network.forward_features(x), pre_logits=True)

    @property
    def late_stages(self) -> list[nn.Module]:
        """What ``late`` runs, where the network is known to be a plain sequence: in EfficientNet's kin."""
        known = self.network
        return [*known.blocks[-LATE:], known.conv_head, known.bn2] if self._is_sequence() else []

    def _is_sequence(self) -> bool:
        from timm.models.efficientnet import EfficientNet

        return isinstance(self.network, EfficientNet)

    def early(self, x: torch.Tensor) -> torch.Tensor:
        """What ``late`` goes on from: maps before the last stages, or the features themselves."""
        if not self._is_sequence():
            return self.features(x)
        return self.network.blocks[:-LATE](self.network.bn1(self.network.conv_stem(x)))

    def late(self, early: torch.Tensor) -> torch.Tensor:
        """``features``, from what ``early`` gave."""
        if not self._is_sequence():
            return early
        known = self.network
        return known.forward_head(known.bn2(known.conv_head(known.blocks[-LATE:](early))), pre_logits=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)
