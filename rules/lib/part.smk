# What a job of a cluster makes of the films: see `mouthpiece.cluster.part`.

from types import SimpleNamespace


def wanted_files():
    """What a run makes of all films, without the overview."""
    return [
        *films(),
        *subtitle_folders(),
        *further_deliverables(),
        *sidecars(),
        *line_tables(),
        *reviews(),
    ]


def files_of_part(wildcards):
    """An input function: the files of the part of this job; none in a run that makes all."""
    if PART is None:
        return []
    if PART.stage == "films":
        return [file for file in wanted_files() if PART.has_file(file)]
    of_stage = {"guards": guarded_files, "cuts": drawn_files}[PART.stage]
    videos = dict.fromkeys(video for video, _ in PART.films)
    return [file for video in videos for file in of_stage(video)]


def guarded_files(video):
    """What is made of a video's cuts before it is known which of them are redrawn."""
    shared = f"results/{video}/_shared/cuts"
    return [
        f"{shared}/{cut.cut}/{name}"
        for cut in get_cuts(SimpleNamespace(video=video))
        if PART.has_cut(cut.cut)
        for name in ("speaker.json", "original.mp4")
    ]


def drawn_files(video):
    """What is made of the cuts of a video's films: drafts, scores and segments."""
    names = [language for of, language in PART.films if of == video]
    return [
        file
        for film in (SimpleNamespace(video=video, language=name) for name in names)
        for pair in cut_pairs(film)
        if PART.has_cut(pair[1])
        for file in (
            drafted("score.json", video, film.language, *pair),
            f"results/{video}/{film.language}/cuts/{pair[0]}/lipsync.mp4",
        )
    ]
