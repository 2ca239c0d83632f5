"""A GAN's first latents say what an image has beside its class, one for each attribute, where these are known.

Who has glasses is compared with fakes whose latent for glasses lies in the upper part of its normal distribution, a
part as large as the share of those in the class who have them; who has none, with fakes from the lower part. So z stays
normal, and the discriminator, told what an image has, leads the generator to show it.
"""

from dataclasses import dataclass

import torch

from genclass.data.avatar_attributes import told
from genclass.data.imageset import ABSENT, ImageSet

LEAST = 1e-6  # of a normal distribution, beyond which nothing is drawn


@dataclass(frozen=True)
class AttributeLatents:
    """What the training images of a set have.

    Attributes:
        has: float32 [N, attributes]: 1 if an image has one, -1 if it lacks it, 0 where that can't be told.
        share: float32 [classes, attributes]: of those of a class that can be told, how many have one.
    """

    has: torch.Tensor
    share: torch.Tensor

    @classmethod
    def of(cls, imageset: ImageSet) -> "AttributeLatents | None":
        """None where nothing more is known of the images than their classes."""
        if imageset.attributes is None:
            return None
        labels = imageset.train_labels
        known = told(imageset.attributes, imageset.attributes.train, labels, imageset.classes)
        has = torch.where(known == ABSENT, 0.0, known * 2.0 - 1)
        share = [
            (has[labels == label] > 0).sum(0) / (has[labels == label] != 0).sum(0).clamp(min=1)
            for label in range(len(imageset.classes))
        ]
        return cls(has, torch.stack(share))

    def agree(self, z: torch.Tensor, indices: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Normal z [N, z_dim], its first latents such as say what the images of ``indices``, of ``labels``, have."""
        has, share = self.has[indices], self.share[labels.long()]
        count = has.shape[1]
        part = torch.special.ndtr(z[:, :count])
        part = torch.where(has > 0, 1 - share * (1 - part), (1 - share) * part).clamp(LEAST, 1 - LEAST)
        first = torch.where(has == 0, z[:, :count], torch.special.ndtri(part))
        return torch.cat([first, z[:, count:]], 1)
