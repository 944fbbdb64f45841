using System.Globalization;
using System.Text.RegularExpressions;
using SentryOtel.Demo.Telemetry;

namespace SentryOtel.Demo.Sentry;

/// <summary>
/// For a real Sentry, which does not tell what it stored: what the gateway's own books say was sent to each project and taken by Sentry.
/// </summary>
internal static partial class GatewayDelivery
{
    /// <summary>Waits until the gateway has sent as many items to each project as were sent for it.</summary>
    public static async Task<Delivery> CheckAsync(
        Uri metrics, IReadOnlyCollection<SentTelemetry> sent, TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var start = time.GetTimestamp();
        while (true)
        {
            var text = await http.GetStringAsync(new Uri(metrics, "metrics"), cancellationToken);
            var delivery = Read(text, sent);
            if (delivery.Faults.Count == 0 || time.GetElapsedTime(start) > within)
            {
                return delivery;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
        }
    }

    internal static Delivery Read(string exposition, IReadOnlyCollection<SentTelemetry> sent)
    {
        var counts = SentItems().Matches(exposition)
            .ToLookup(match => (Project: match.Groups["project"].Value, Signal: match.Groups["signal"].Value), match => double.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture));
        var rows = new List<DeliveryRow>();
        var faults = new List<string>();
        foreach (var project in sent.GroupBy(s => s.Service.ProjectSlug, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var row = new DeliveryRow(
                project.Key,
                string.Join(", ", project.Select(s => s.Service.Name)),
                (long)counts[(project.Key, "traces")].Sum(),
                (long)counts[(project.Key, "logs")].Sum(),
                project.Sum(s => s.SpanIds.Count),
                project.Sum(s => s.LogBodies.Count));
            rows.Add(row);
            if (row.Spans != row.SentSpans || row.Logs != row.SentLogs)
            {
                faults.Add($"project {row.Project}: Sentry took {row.Spans} of {row.SentSpans} spans and {row.Logs} of {row.SentLogs} logs");
            }
        }

        return new Delivery(rows, faults);
    }

    [GeneratedRegex("""^sentry_otel_gateway_items_sent_total\{(?=[^}]*project="(?<project>[^"]*)")(?=[^}]*signal="(?<signal>[^"]*)")[^}]*\} (?<count>\S+)""", RegexOptions.Multiline)]
    private static partial Regex SentItems();
}
