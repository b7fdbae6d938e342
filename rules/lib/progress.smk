# Sends the unfinished jobs to the display of `mouthpiece run`.

if "mouthpiece" in (workflow.output_settings.log_handler_settings or ()):
    from snakemake_logger_plugin_mouthpiece import report_jobs

    report_jobs(logger, workflow)
