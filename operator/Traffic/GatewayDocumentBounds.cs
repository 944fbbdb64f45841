namespace SentryOtel.Operator.Traffic;

/// <summary>What of a gateway's document can be used: whoever has taken a gateway over may write anything in it.</summary>
internal static class GatewayDocumentBounds
{
    private const int LongestName = 253;

    /// <summary>The document without nulls, nameless projects and texts that no gateway says; counts are not negative.</summary>
    public static GatewayDocument Bounded(this GatewayDocument document) => document with
    {
        Exporters = document.Exporters is null ? null :
        [
            .. document.Exporters.Where(static exporter => exporter?.Exporter is not null)
                .Select(static exporter => exporter with { Routes = [.. (exporter.Routes ?? []).Where(static queue => queue is not null).Select(Bounded).OfType<GatewayQueue>()] }),
        ],
    };

    private static GatewayQueue? Bounded(GatewayQueue queue)
    {
        var (project, id) = (queue.Project ?? "", queue.ProjectId ?? "");
        return queue.Signal is null || project.Length > LongestName || id.Length > LongestName || project.Length + id.Length == 0 ? null : queue with
        {
            Project = project,
            HeldForSeconds = double.IsNaN(queue.HeldForSeconds) ? 0 : queue.HeldForSeconds,
            Limit = queue.Limit is { Category: { } category, Scope: { } scope } && IsWord(category) && IsWord(scope) ? queue.Limit : null,
            Accepted = Math.Max(0, queue.Accepted),
            Sent = Math.Max(0, queue.Sent),
            Dropped = queue.Dropped?.ToDictionary(static reason => reason.Key, static reason => Math.Max(0, reason.Value), StringComparer.Ordinal),
        };
    }

    // Both stand in conditions.
    private static bool IsWord(string text) => text.Length <= 64 && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
}
