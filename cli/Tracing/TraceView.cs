using SentryOtel.Cli.Terminal;
using Spectre.Console;

namespace SentryOtel.Cli.Tracing;

/// <summary>A trace for people: a tree in a terminal, indented lines in a pipe.</summary>
internal static class TraceView
{
    private const int Indent = 5;

    public static void Show(TraceReport report, Screen screen)
    {
        var title = $"Data of {report.Service} by SentryExporter {report.Exporter}";
        if (screen.IsTerminal)
        {
            var tree = new Tree($"[bold]{Markup.Escape(title)}[/]");
            Add(tree, report.Steps);
            screen.Show(tree);
            return;
        }

        screen.Verbatim(title);
        foreach (var step in report.Steps)
        {
            Show(step, screen, depth: 0);
        }
    }

    /// <summary>The sentence at the end.</summary>
    public static void ShowVerdict(IReadOnlyList<TraceReport> reports, Screen screen)
    {
        var color = reports.All(static report => report.Arrives == true) ? "green" : reports.Any(static report => report.Arrives == false) ? "red" : "yellow";
        var hint = reports.All(static report => report.Arrives == true) && reports.SelectMany(static report => report.Steps).SelectMany(static step => step.All()).Any(static step => step.Mark == TraceMark.Bad)
            ? " See what is marked as wrong above."
            : "";
        screen.Line($"[{color}]{Markup.Escape(string.Join(' ', reports.Select(static report => report.Verdict)))}{hint}[/]");
    }

    private static void Add(IHasTreeNodes parent, IEnumerable<TraceStep> steps)
    {
        foreach (var step in steps)
        {
            var (color, sign) = step.Mark switch
            {
                TraceMark.Good => ("green", "✓"),
                TraceMark.Bad => ("red", "✗"),
                TraceMark.Unsure => ("yellow", "?"),
                _ => ("grey", "…"),
            };
            var cure = step.Cure is null ? "" : $"\n  [bold]cure:[/] {Markup.Escape(step.Cure)}";
            Add(parent.AddNode(new Markup($"[{color}]{sign}[/] {Markup.Escape(step.Text)}{cure}")), step.Steps);
        }
    }

    private static void Show(TraceStep step, Screen screen, int depth)
    {
        var sign = step.Mark switch
        {
            TraceMark.Good => "[ok]",
            TraceMark.Bad => "[!!]",
            TraceMark.Unsure => "[??]",
            _ => "[..]",
        };
        var space = new string(' ', depth * Indent);
        screen.Wrapped($"{space}{sign} {step.Text}", space.Length + Indent);
        if (step.Cure is not null)
        {
            screen.Wrapped($"{space}     cure: {step.Cure}", space.Length + Indent);
        }

        foreach (var below in step.Steps)
        {
            Show(below, screen, depth + 1);
        }
    }
}
