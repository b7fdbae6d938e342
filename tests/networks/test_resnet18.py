"""Resnet18 computes what torchvision's does."""

import torch
import torchvision

from mouthpiece.networks.resnet18 import Resnet18


@torch.no_grad()
def test_the_features_are_the_same() -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18(weights=None).eval()
    ours = Resnet18().eval()
    del theirs.fc
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(1, 3, 64, 96)
    net = theirs
    stem = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    eighth = net.layer2(net.layer1(stem))
    sixteenth = net.layer3(eighth)
    wanted = eighth, sixteenth, net.layer4(sixteenth)
    for one, other in zip(ours(x), wanted, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
