"""Wav2Lip: a small network that redraws the lower half of a face, 96 px wide, to fit a sound.

Prajwal et al., "A Lip Sync Expert Is All You Need for Speech to Lip Generation In The Wild",
arXiv:2008.10010. Written from the paper and the names and shapes of the published weights;
`tests/engines/wav2lip` checks it against what the published code computes.

    settings      keys, presets, resources            boxes     where the face lies in a picture
    weight_files  the names of the weight files       faces     what the network sees of it
    network       the network                         mask      what of it is redrawn
    model_cache   networks that stay loaded           bake      pictures to an avatar
    sound         which sound a frame is drawn from   avatar    what a bake leaves on disk
    generate      what runs on the GPU, in batches    engine    the engine that others call
"""
