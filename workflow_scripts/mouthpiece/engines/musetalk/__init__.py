"""MuseTalk 1.5 and 1.0: a latent network that redraws the lower half of a face to fit a sound.

Zhang et al., "MuseTalk", arXiv:2410.10122. Written from the paper and the published networks'
names; `tests/engines/musetalk` checks it against what the published code computes.

    settings      keys, presets, resources            landmarks  68 points of a face
    weight_files  the names of the weight files       boxes      where the face is
    networks      what is read from weight files      parsing    what each pixel of a face is
    model_cache   networks that stay loaded           masks      how much of a drawn face is taken
    audio         sound to fifty tokens a frame       faces      what the networks see of a face
    generate      what runs on the GPU, in batches    bake       pictures to an avatar
    engine        the engine that others call         avatar     what a bake leaves on disk
"""
