<<<<<<< HEAD
# Sends the unfinished jobs to the display of `mouthpiece run`.
=======
# What `mouthpiece run` shows of a run: its jobs.
>>>>>>> D

if "mouthpiece" in (workflow.output_settings.log_handler_settings or ()):
    from snakemake_logger_plugin_mouthpiece import report_jobs

    report_jobs(logger, workflow)
