using SentryOtel.Demo.Telemetry;

namespace SentryOtel.Demo.Sentry;

/// <summary>What came of it.</summary>
/// <param name="Rows">One a project.</param>
/// <param name="Faults">What is wrong, a sentence each.</param>
internal sealed record Delivery(IReadOnlyList<DeliveryRow> Rows, IReadOnlyList<string> Faults)
{
    /// <summary>Counts what each project received beside what was sent for it.</summary>
    public static Delivery Of(IReadOnlyCollection<SentTelemetry> sent, IReadOnlyCollection<ProjectReceipt> received, IReadOnlyList<string> faults)
    {
        var projects = sent.Select(s => s.Service.ProjectSlug).Union(received.Select(r => r.Project), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return new Delivery(
            [
                .. projects.Select(project =>
                {
                    var mine = sent.Where(s => s.Service.ProjectSlug == project).ToList();
                    var receipt = received.FirstOrDefault(r => r.Project == project);
                    return new DeliveryRow(
                        project,
                        string.Join(", ", mine.Select(s => s.Service.Name)),
                        receipt?.SpanIds.Count ?? 0,
                        receipt?.LogBodies.Count ?? 0,
                        mine.Sum(s => s.SpanIds.Count),
                        mine.Sum(s => s.LogBodies.Count));
                }),
            ],
            faults);
    }
}

/// <summary>One project: what it received beside what was sent for it.</summary>
internal sealed record DeliveryRow(string Project, string Services, long Spans, long Logs, long SentSpans, long SentLogs);
