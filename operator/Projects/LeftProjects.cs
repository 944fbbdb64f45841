using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Operator.Configuration;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Projects that were created for services nobody wrote a route for, and whose route is gone: they count for <c>projects.maxAutoCreated</c> as before. Noted in the exporter's status, where a person may
/// take them out. Each note is a key of its own, so that notes do not overwrite each other.
/// </summary>
internal sealed class LeftProjects(IKubernetesClient client, TimeProvider timeProvider)
{
    /// <summary>Most that a status names.</summary>
    public const int MaxNamed = 2000;

    // How long a cache may lag behind what was written here.
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(1);

    private static readonly PatchOptions Options = new() { FieldManager = OperatorOptions.FieldManager, Subresource = "status" };

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Exporter, string Slug), long> _unseen = [];

    /// <summary>The slugs that an exporter's status names.</summary>
    public static IReadOnlyCollection<string> NotedOf(SentryExporter exporter) =>
        exporter.Status?.Projects is { WithoutRoute.Keys: { } slugs } projects && !OrganizationUrl.IsElsewhere(exporter, projects.OrganizationUrl) ? slugs : [];

    /// <summary>A change of which there are.</summary>
    public static EventPredicate<SentryExporter> Changed() => new(update: static (before, after) =>
        NotedOf(before).Count != NotedOf(after).Count || !NotedOf(before).ToHashSet(StringComparer.Ordinal).SetEquals(NotedOf(after)));

    /// <summary>Some were taken out, so that there is room.</summary>
    public static EventPredicate<SentryExporter> Shrunk() => new(update: static (before, after) => NotedOf(before).Count > NotedOf(after).Count);

    /// <summary>The slugs, those included that were noted and that the cache does not show yet.</summary>
    public IReadOnlySet<string> Of(SentryExporter exporter)
    {
        var slugs = NotedOf(exporter).ToHashSet(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (var (note, at) in _unseen)
            {
                if (timeProvider.GetElapsedTime(at) >= Lag || (note.Exporter == exporter.Metadata.Uid && slugs.Contains(note.Slug)))
                {
                    _unseen.Remove(note);
                }
                else if (note.Exporter == exporter.Metadata.Uid)
                {
                    slugs.Add(note.Slug);
                }
            }
        }

        return slugs;
    }

    /// <summary>Notes a project that stays while its route goes.</summary>
    /// <exception cref="KubernetesException">It was not noted, and the route may not go.</exception>
    public async Task AddAsync(SentryExporter exporter, string slug, string? id, CancellationToken cancellationToken)
    {
        var known = Of(exporter);
        if (known.Contains(slug) || known.Count >= MaxNamed || !await PatchAsync(exporter, slug, id ?? "", cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        lock (_gate)
        {
            _unseen[(exporter.Metadata.Uid!, slug)] = timeProvider.GetTimestamp();
        }
    }

    /// <summary>The project was deleted.</summary>
    public async Task RemoveAsync(SentryExporter exporter, string slug, CancellationToken cancellationToken)
    {
        if (!Of(exporter).Contains(slug))
        {
            return;
        }

        await PatchAsync(exporter, slug, null, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _unseen.Remove((exporter.Metadata.Uid!, slug));
        }
    }

    // False when the exporter is gone.
    private async Task<bool> PatchAsync(SentryExporter exporter, string slug, string? id, CancellationToken cancellationToken)
    {
        var notes = new JsonObject();
        foreach (var other in exporter.Status?.Projects?.WithoutRoute?.Keys.Except(Of(exporter), StringComparer.Ordinal) ?? [])
        {
            // Of an organisation that the exporter has left.
            notes[other] = null;
        }

        notes[slug] = id;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = exporter.Metadata.Uid },
            ["status"] = new JsonObject { ["projects"] = new JsonObject { ["organizationUrl"] = OrganizationUrl.Of(exporter), ["withoutRoute"] = notes } },
        };
        try
        {
            await client.PatchAsync<SentryExporter>(exporter.Metadata.Name!, exporter.Metadata.Namespace, patch, Options, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubernetesException exception) when (exception.IsNotFound || exception.IsConflict)
        {
            return false;
        }
    }
}
