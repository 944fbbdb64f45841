using System.Diagnostics.Metrics;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Telemetry;

/// <summary>docs/gateway.md names every metric that the gateway has, and no other.</summary>
public sealed class MetricsDocumentTests
{
    [Fact]
    public async Task Every_metric_is_documented_with_its_type()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: "orders");
        await gateway.SendTracesAsync(Requests.Spans("orders", 3));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 3, "the spans");
        var documented = Documented();

        var published = Published(gateway);
        Assert.Equal(published.Order(StringComparer.Ordinal), documented.Select(row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal));

        var scraped = Exposition.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken)).Types;
        Assert.All(
            scraped.Where(family => !family.Key.StartsWith("dotnet_", StringComparison.Ordinal)),
            family => Assert.Equal(family.Value, documented.GetValueOrDefault(family.Key)));
    }

    [Fact]
    public void Every_reason_is_documented()
    {
        var rows = File.ReadLines(RepositoryFiles.PathOf("docs/gateway.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).ToHashSet();

        Assert.Empty(Enum.GetValues<DropReason>().Select(reason => reason.Name()).Except(rows));
        Assert.Empty(Enum.GetValues<RejectReason>().Select(reason => reason.Name()).Except(rows));
    }

    // Rows of the form | `name` | type | ... |
    private static Dictionary<string, string> Documented() => File.ReadLines(RepositoryFiles.PathOf("docs/gateway.md"))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells.Length > 3 && cells[1].StartsWith('`') && cells[2] is "counter" or "gauge" or "histogram")
        .ToDictionary(cells => cells[1].Trim('`'), cells => cells[2]);

    // All instruments, those without a measurement yet included, under the names of OpenTelemetry's Prometheus compatibility.
    private static HashSet<string> Published(LiveGateway gateway)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == gateway.Host)
                {
                    names.Add(NameOf(instrument));
                }
            },
        };
        listener.Start();
        return names;
    }

    private static string NameOf(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        var isCounter = kind.Contains("Counter", StringComparison.Ordinal) && !kind.Contains("UpDown", StringComparison.Ordinal);
        var name = instrument.Name.Replace('.', '_');
        name = isCounter && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
        var suffix = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        name += name.EndsWith(suffix, StringComparison.Ordinal) ? "" : suffix;
        return isCounter ? $"{name}_total counter" : $"{name} {(kind.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram" : "gauge")}";
    }
}
