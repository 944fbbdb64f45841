using System.Globalization;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>A request that passed the edge and is answered with success.</summary>
internal sealed record AcceptedExport(string RequestId, Signal Signal, OtlpFormat Format, IngestCredential Credential, long UrlProject, byte[] Body);

/// <summary>What Sentry does after the answer: stores what is good and throws the rest away without telling the sender.</summary>
internal static class Recording
{
    /// <param name="state">Where to record.</param>
    /// <param name="export">What was accepted.</param>
    /// <param name="late">The refusal that the sender never hears of, if any.</param>
    public static void Record(SentryState state, AcceptedExport export, IngestRefusal? late)
    {
        var now = state.Now;
        var key = state.Keys.Find(export.Credential.PublicKey);
        var project = key is null ? null : state.Projects.Get(key.ProjectId);
        var slug = project is null ? export.UrlProject.ToString(CultureInfo.InvariantCulture) : SlugOf(project);
        var arrival = new Arrival(export.RequestId, project?.Id ?? export.UrlProject, slug, now);
        var decoded = OtlpDecoder.Decode(export, arrival);
        if (late is not null)
        {
            decoded = decoded.AllDropped(late.Reason.Split('(')[0]);
        }

        var dropped = decoded.Losses.Select(loss => new DroppedAsync(export.RequestId, slug, export.Signal, loss.Key, loss.Value, now)).ToList();
        state.Received.Add(slug, export.Body.Length, now, decoded.Spans, decoded.Logs, dropped);
    }

    /// <summary>A deleted project has given its slug away; what it loses is told under the last one it had.</summary>
    private static string SlugOf(Project project) => project.Status == ProjectStatus.Active ? project.Slug : project.PreviousSlugs[^1];
}
