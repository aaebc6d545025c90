"""The command line that the studies share: measure into results, then tables and plots of them."""
import argparse


def run(doc, measure, tables, plots, describe):
    """`describe(verb)` adds the arguments of `measure`, its results among them."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("measure")
    describe(verb)
    verb.set_defaults(run=measure)
    verb = verbs.add_parser("tables")
    verb.add_argument("results")
    verb.set_defaults(run=tables)
    verb = verbs.add_parser("plots")
    verb.add_argument("results")
    verb.add_argument("folder")
    verb.set_defaults(run=plots)
    arguments = parser.parse_args()
    arguments.run(arguments)
