"""MuseTalk 1.5 and 1.0: a latent network that redraws the lower half of a face to fit a sound.

Zhang et al., "MuseTalk", arXiv:2410.10122. Written anew from the paper and the published networks'
names; `tests/engines/musetalk` holds it against what the published code computes.

    audio      sound to fifty tokens a frame           networks  what is read from weight files
    landmarks  68 points of a face                     generate  what runs on the GPU, in batches
    boxes      where the face is                       avatar    what a bake leaves on disk
    parsing    what each pixel of a face is            bake      pictures to an avatar
    masks      how much of a drawn face is taken       engine    the engine that others call
                                                       studio    networks that stay loaded
"""
