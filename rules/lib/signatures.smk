# Included last. Snakemake 9.27 asks for the signature of each function of a rule for each job, some thirty
# times a job, which takes more time than the functions. Here each of them is asked once.

import inspect


def functions_of(rule):
    """The input, params and resources functions of a rule."""
    for value in (*rule.input, *rule.params, *rule.resources.values()):
        value = getattr(
            value, "_file", value
        )  # an input function is in a file that is to be,
        value = getattr(
            value, "_evaluator", value
        )  # a resources function in a resource
        function = getattr(value, "callable", value)
        if inspect.isfunction(function):
            yield function


for rule_of_all in workflow.rules:
    for function in functions_of(rule_of_all):
        function.__signature__ = inspect.signature(function)
