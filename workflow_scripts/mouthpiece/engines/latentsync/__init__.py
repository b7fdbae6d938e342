"""LatentSync 1.6 and 1.5: diffusion that redraws cheeks, mouth and jaw to fit a sound.

Li et al., "LatentSync", arXiv:2412.09262. Written from the paper, the published configs and the
names of the published weights; `tests/engines/latentsync` checks it against what the published code
computes.

    settings      keys, presets, resources            align     where the face lies in a picture
    weight_files  the names of the weight files       mask      what of it is redrawn
    networks      what is read from weight files      bake      pictures to an avatar
    model_cache   networks that stay loaded           avatar    what a bake leaves on disk
    sound         sound to fifty tokens a frame       generate  what runs on the GPU, in batches
    ddim          the steps from noise to a face      engine    the engine that others call
    chunks        a cut in overlapping chunks         paste     upstream's way into the picture,
    denoise       noise to latents, chunk by chunk              to compare with
    fused         the UNet's blocks on a GPU          memory    how much is drawn at once
"""
