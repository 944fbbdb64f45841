using System.Globalization;
using SentryOtel.Cli.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SentryOtel.Cli.Status;

/// <summary>Status as tables.</summary>
/// <param name="allNamespaces">Whether namespaces are told.</param>
/// <param name="now">For ages.</param>
internal sealed class StatusView(bool allNamespaces, DateTimeOffset now)
{
    public IRenderable Render(StatusDocument status)
    {
        List<IRenderable> parts = [new Markup("[bold]Exporters[/]"), Exporters(status)];
        Add(parts, status.Exporters.Where(static exporter => exporter.Ready != "True").Select(static exporter => $"{exporter.Name}: {exporter.Message}"));
        parts.AddRange([Text.Empty, new Markup("[bold]Routes[/]")]);
        parts.Add(status.Routes.Count == 0 ? new Text("none yet: label a workload, or write a SentryProjectRoute") : Routes(status));
        Add(parts, status.Routes.Where(static route => route.Ready != "True").Select(static route => $"{route.Service}: {route.Message}"));
        parts.AddRange([Text.Empty, new Markup("[bold]Gateways[/]")]);
        parts.Add(status.Gateways.Count == 0 ? new Text("no pod") : Gateways(status));
        Add(parts, status.Gateways.Where(static gateway => gateway.Problem is not null).Select(static gateway => $"{gateway.Pod}: {gateway.Problem}"));
        parts.AddRange([Text.Empty, new Markup("[bold]Limits of Sentry's in force[/]")]);
        parts.Add(status.Limits.Count == 0 ? new Text("none") : Limits(status));
        if (status.NotTold.Count > 0)
        {
            parts.Add(Text.Empty);
            Add(parts, status.NotTold);
        }

        return new Rows(parts);
    }

    private static void Add(List<IRenderable> parts, IEnumerable<string> lines) =>
        parts.AddRange(lines.Select(static line => new Padder(new Text(line, new Style(Color.Yellow)), new Padding(2, 0, 0, 0))));

    private IRenderable Exporters(StatusDocument status) => Table(
        ["NAME", "ORG", "ROUTES", "GATEWAY", "READY", "STATUS", "AGE"],
        status.Exporters.Select(exporter => (exporter.Namespace, (string[])
        [
            PlainTable.Text(exporter.Name),
            PlainTable.Text(exporter.Organization),
            string.Create(CultureInfo.InvariantCulture, $"{exporter.RoutesReady}/{exporter.RoutesTotal}"),
            PlainTable.Text(exporter.Gateway),
            PlainTable.Status(exporter.Ready),
            PlainTable.Text(exporter.Reason),
            Ages.Since(exporter.Created, now),
        ])));

    private IRenderable Routes(StatusDocument status)
    {
        var limited = status.Limits.Count > 0;
        return Table(
            ["SERVICE", "PROJECT", "READY", "STATUS", .. (string[])(limited ? ["LIMITED"] : []), "ACCEPTED", "SENT", "DROPPED", "SEEN", "AGE"],
            status.Routes.Select(route => (route.Namespace, (string[])
            [
                PlainTable.Text(route.Service),
                PlainTable.Text(route.Project),
                PlainTable.Status(route.Ready),
                PlainTable.Text(route.Reason),
                .. (string[])(limited ? [route.LimitedUntil is { } until ? $"{Left(until)} left" : "-"] : []),
                Count(route.Accepted),
                Count(route.Sent),
                route.Dropped > 0 ? $"[red]{Count(route.Dropped)}[/]" : Count(route.Dropped),
                Ages.Since(route.Seen, now),
                Ages.Since(route.Created, now),
            ])));
    }

    private IRenderable Gateways(StatusDocument status) => Table(
        ["POD", "EXPORTER", "READY", "RESTARTS", "TABLE", "AGE"],
        status.Gateways.Select(gateway => (gateway.Namespace, (string[])
        [
            PlainTable.Text(gateway.Pod),
            PlainTable.Text(gateway.Exporter),
            PlainTable.Status(gateway.Ready ? "True" : "False"),
            gateway.Restarts.ToString(CultureInfo.InvariantCulture),
            TableOf(gateway),
            Ages.Since(gateway.Created, now),
        ])));

    private IRenderable Limits(StatusDocument status) => Table(
        ["SERVICE", "PROJECT", "UNTIL", "LIMIT"],
        status.Limits.Select(limit => (limit.Namespace, (string[])
        [
            PlainTable.Text(limit.Service),
            PlainTable.Text(limit.Project),
            limit.Until is { } until ? Ages.At(until) : "-",
            PlainTable.Text(limit.Message),
        ])));

    private IRenderable Table(string[] headings, IEnumerable<(string Namespace, string[] Cells)> rows) => allNamespaces
        ? PlainTable.Of(["NAMESPACE", .. headings], rows.Select(static row => (IReadOnlyList<string>)[PlainTable.Text(row.Namespace), .. row.Cells]))
        : PlainTable.Of(headings, rows.Select(static row => (IReadOnlyList<string>)row.Cells));

    private static string TableOf(GatewayLine gateway) => gateway switch
    {
        { Table: null } => "[yellow]not told[/]",
        _ when gateway.Table < gateway.NewestTable => string.Create(CultureInfo.InvariantCulture, $"[yellow]{gateway.Table} of {gateway.NewestTable}[/]"),
        _ => gateway.Table.Value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Count(long? count) => count?.ToString("#,0", CultureInfo.InvariantCulture) ?? "-";

    private string Left(DateTimeOffset until) => Ages.Since(now, until > now ? until : now);
}
