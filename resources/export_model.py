#!/usr/bin/env python3
"""Turns a PyTorch model into a TorchScript file that DiceScope loads.

  export_model.py torchvision:resnet50 --weights DEFAULT --out resnet50.pt
  export_model.py timm:vit_base_patch16_224 --weights DEFAULT --out vit.pt
  export_model.py my_net.py:build --size 32 --out my_net.pt

The last form calls build(), which returns the model with its weights loaded. From Python:

  from export_model import export
  export(model, torch.zeros(1, 3, 224, 224), "model.pt")

Then look at what the program finds in the file:

  dicescope-cli info model.pt
"""

import argparse
import importlib.util
import pathlib
import sys
import warnings

import torch


def export(model, example, path):
    """Traces `model` in eval mode, as float32 on the CPU (it is moved there), checks the file against it and puts it
    at `path`. `example` is a batch of images (N x C x H x W); only its shape matters. Returns the facts that
    `dicescope-cli info` should repeat. Raises SystemExit, and leaves no file, where the check fails."""
    model = model.eval().cpu().float()
    shape = tuple(example.shape[1:])
    draft = pathlib.Path(f"{path}.part")
    try:
        with torch.no_grad(), warnings.catch_warnings():
            for kind in (DeprecationWarning, FutureWarning):
                warnings.simplefilter("ignore", kind)
            torch.jit.trace(model, torch.randn(2, *shape), strict=False, check_trace=False).save(str(draft))
            difference = largest_difference(model, torch.jit.load(str(draft)), shape)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return {"path": str(path), "input": shape, "difference": difference, **last_linear(model, shape)}


def largest_difference(model, loaded, shape, tolerance=1e-4):
    """max |logits of the file - logits of the model| on random images, in other batch sizes than the traced one."""
    generator = torch.Generator().manual_seed(0)
    worst = scale = 0.0
    for batch in (1, 3):
        images = torch.randn(batch, *shape, generator=generator)
        expected = logits(model(images))
        try:
            output = logits(loaded(images))
        except RuntimeError as error:
            raise SystemExit(f"The traced model does not run on a batch of {batch}: {str(error).splitlines()[-1]}\n"
                             "Reshape with x.flatten(1) and the like, not with constants, and export again.") from None
        if expected.shape != output.shape:
            raise SystemExit(f"The traced model gives {tuple(output.shape)} for a batch of {batch}.")
        worst = max(worst, (expected - output).abs().max().item())
        scale = max(scale, expected.abs().max().item())
    if not worst <= tolerance * scale:
        raise SystemExit(f"The traced model differs from the model by {worst:.3g} (outputs up to {scale:.3g}): its "
                         "forward is random or depends on more than the image.")
    return worst


def logits(output):
    """The tensor of logits in what a model returns: itself, the first of a tuple, or a dictionary's entry."""
    if isinstance(output, dict):
        output = output.get("logits", output.get("out"))
    elif isinstance(output, (tuple, list)):
        output = output[0]
    if not isinstance(output, torch.Tensor):
        raise SystemExit("The model does not return a tensor of logits; wrap it in a module whose forward does.")
    return output


def last_linear(model, shape):
    """Name, C and D of the last linear layer that runs, for comparison with `info`."""
    found = {}

    def note(name, module):
        def hook(*_):
            found.update(head=name, classes=module.weight.shape[0], features=module.weight.shape[1])
        return hook

    hooks = [module.register_forward_hook(note(name, module)) for name, module in model.named_modules()
             if isinstance(module, torch.nn.Linear) or is_pointwise(module)]
    with torch.no_grad():
        model(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    return found


def is_pointwise(module):
    return isinstance(module, torch.nn.Conv2d) and module.kernel_size == (1, 1) and module.groups == 1


def build(source, weights):
    """The model that `source` names, and the side of its input in pixels where that is known."""
    kind, _, name = source.partition(":")
    if kind == "torchvision":
        import torchvision
        return torchvision.models.get_model(name, weights=weights), None
    if kind == "timm":
        import timm
        model = timm.create_model(name, pretrained=weights is not None)
        return model, model.pretrained_cfg["input_size"][-1]
    path = pathlib.Path(kind)
    if not path.is_file() or not name:
        raise SystemExit(f"'{source}' is neither torchvision:NAME, timm:NAME nor FILE.py:FUNCTION.")
    sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)(), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="torchvision:NAME, timm:NAME or FILE.py:FUNCTION")
    parser.add_argument("--out", required=True, help="the TorchScript file to write")
    parser.add_argument("--weights", help="pretrained weights, as torchvision names them (DEFAULT); random without")
    parser.add_argument("--size", type=int, help="side of the input in pixels (default: timm's own, else 224)")
    parser.add_argument("--channels", type=int, default=3, help="channels of the input: 3, or 1 for grey")
    arguments = parser.parse_args()
    model, known = build(arguments.model, arguments.weights)
    size = arguments.size or known or 224
    facts = export(model, torch.zeros(1, arguments.channels, size, size), arguments.out)
    print(f"{facts['path']}: input {' x '.join(map(str, facts['input']))}, traced against eager {facts['difference']:.3g}")
    if "head" in facts:
        print(f"last linear layer {facts['head']}: C = {facts['classes']} classes, D = {facts['features']} features")
    print(f"Check: dicescope-cli info {facts['path']}")


if __name__ == "__main__":
    main()
