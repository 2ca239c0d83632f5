"""Average a shipped GAN's generator with one that was trained on from it:

    python -m benchmarks.blend NAME MODEL SHARE OUT

OUT becomes MODEL's checkpoint, whose generator has SHARE of MODEL's weights and the rest of NAME's (Wortsman et al.,
"Model soups", 2022), and says in its record how NAME was trained. A generator of ``gan`` counts as one of
``projected-gan`` whose norms don't listen to z.
"""

import argparse
import shutil
from pathlib import Path

import torch
import torch.nn.functional as F

from genclass.models import checkpoint, store


def as_in(network, shipped):
    """A shipped generator's weights in the shapes of one that tells its norms z, too, and its first layer the class."""
    known, found = shipped.state_dict(), {}
    for key, value in network.state_dict().items():
        more = (network.shared, 0) if key == "dense.weight" else (0, network.z_dim)  # columns: of the class, then of z
        found[key] = known[key] if known[key].shape == value.shape else F.pad(known[key], more)
    return found


def blend(name, model, share, out):
    """Write OUT; returns its folder."""
    began, model = store.find(name), store.find(model)
    network, config = checkpoint.load_network(model)
    first = as_in(network, checkpoint.load_network(began)[0])
    network.load_state_dict({
        key: torch.lerp(first[key], value, share) if value.is_floating_point() else value
        for key, value in network.state_dict().items()
    })  # fmt: skip
    how = {"before": checkpoint.read_config(began)["training"], "share": share}
    discriminator, _ = checkpoint.load_network(model, "discriminator")
    shutil.rmtree(out, ignore_errors=True)
    networks = {"model": network, "discriminator": discriminator}
    checkpoint.save(out, config | {"training": config["training"] | how}, networks)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="or its folder")
    parser.add_argument("model", type=Path)
    parser.add_argument("share", type=float)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    print(blend(args.name, args.model, args.share, args.out))


if __name__ == "__main__":
    main()
