using Spectre.Console;
using Spectre.Console.Rendering;

namespace SentryOtel.Cli.Terminal;

/// <summary>Tables as kubectl prints them: headings in capitals, no lines.</summary>
internal static class PlainTable
{
    /// <summary>A table.</summary>
    /// <param name="headings">One per column.</param>
    /// <param name="rows">Cells in markup; null for a column that is not told.</param>
    public static IRenderable Of(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { ShowRowSeparators = false, Border = TableBorder.None, ShowHeaders = true };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(heading) { Padding = new Padding(0, 0, 3, 0), NoWrap = false });
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row]);
        }

        return table;
    }

    /// <summary>A text as it is.</summary>
    public static string Text(string? text) => string.IsNullOrEmpty(text) ? "-" : Markup.Escape(text);

    /// <summary>A condition's status, in colour.</summary>
    public static string Status(string? status) => status switch
    {
        "True" => "[green]True[/]",
        "False" => "[red]False[/]",
        null or "" => "[yellow]-[/]",
        _ => $"[yellow]{Markup.Escape(status)}[/]",
    };
}
