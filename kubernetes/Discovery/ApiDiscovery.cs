using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Client.Transport;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Discovery;

/// <summary>Asks the server, and remembers for a while.</summary>
internal sealed class ApiDiscovery(RequestSender sender, TimeProvider timeProvider) : IApiDiscovery
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LifetimeOfAbsence = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Answer> _resources = new(StringComparer.Ordinal);
    private VersionAnswer? _version;

    public async Task<ServerVersion> GetServerVersionAsync(CancellationToken cancellationToken)
    {
        if (_version is { } known && timeProvider.GetElapsedTime(known.At) < Lifetime)
        {
            return known.Version;
        }

        using var document = JsonDocument.Parse(await sender.SendAsync(new ApiRequest(HttpMethod.Get, "/version"), cancellationToken));
        var version = new ServerVersion(Number("major"), Number("minor"), document.RootElement.GetProperty("gitVersion").GetString() ?? "");
        _version = new VersionAnswer(version, timeProvider.GetTimestamp());
        return version;

        int Number(string name) =>
            int.Parse(document.RootElement.GetProperty(name).GetString()!.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    public async Task<IReadOnlyList<string>> GetGroupVersionsAsync(CancellationToken cancellationToken)
    {
        using var core = JsonDocument.Parse(await sender.SendAsync(new ApiRequest(HttpMethod.Get, "/api"), cancellationToken));
        using var groups = JsonDocument.Parse(await sender.SendAsync(new ApiRequest(HttpMethod.Get, "/apis"), cancellationToken));
        var served = Texts(core.RootElement, "versions").ToList();
        foreach (var group in groups.RootElement.GetProperty("groups").EnumerateArray())
        {
            var preferred = group.TryGetProperty("preferredVersion", out var version) ? version.GetProperty("groupVersion").GetString() : null;
            served.AddRange(group.GetProperty("versions").EnumerateArray()
                .Select(entry => entry.GetProperty("groupVersion").GetString()!)
                .OrderByDescending(entry => entry == preferred));
        }

        return served;
    }

    public async Task<IReadOnlyList<ApiResource>> GetResourcesAsync(string group, string version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        return (await ReadAsync(group, version, Lifetime, cancellationToken)).Resources;
    }

    public async Task<ApiResource?> FindAsync(string group, string version, string kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Find(await ReadAsync(group, version, Lifetime, cancellationToken), kind)
            ?? Find(await ReadAsync(group, version, LifetimeOfAbsence, cancellationToken), kind);
    }

    public async Task<bool> ServesAsync(string group, string version, string kind, CancellationToken cancellationToken) =>
        await FindAsync(group, version, kind, cancellationToken) is not null;

    public void Invalidate()
    {
        _version = null;
        _resources.Clear();
    }

    private static ApiResource? Find(Answer answer, string kind) =>
        answer.Resources.FirstOrDefault(resource => resource.Metadata.Kind == kind);

    private static IEnumerable<string> Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray().Select(item => item.GetString()!)
            : [];

    private async Task<Answer> ReadAsync(string group, string version, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var path = group.Length == 0
            ? $"/api/{ResourcePath.Segment(version, "version")}"
            : $"/apis/{ResourcePath.Segment(group, "group")}/{ResourcePath.Segment(version, "version")}";
        if (_resources.TryGetValue(path, out var known) && timeProvider.GetElapsedTime(known.At) < maxAge)
        {
            return known;
        }

        var answer = new Answer(await FetchAsync(path, group, version, cancellationToken), timeProvider.GetTimestamp());
        _resources[path] = answer;
        return answer;
    }

    private async Task<IReadOnlyList<ApiResource>> FetchAsync(
        string path, string group, string version, CancellationToken cancellationToken)
    {
        byte[] json;
        try
        {
            json = await sender.SendAsync(new ApiRequest(HttpMethod.Get, path), cancellationToken);
        }
        catch (KubernetesException exception) when (exception.IsNotFound)
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        var entries = document.RootElement.GetProperty("resources").EnumerateArray()
            .ToDictionary(entry => entry.GetProperty("name").GetString()!, StringComparer.Ordinal);
        return
        [
            .. entries.Where(entry => !entry.Key.Contains('/', StringComparison.Ordinal)).Select(entry => new ApiResource(
                new EntityMetadata(
                    group,
                    version,
                    entry.Value.GetProperty("kind").GetString()!,
                    entry.Key,
                    entry.Value.GetProperty("namespaced").GetBoolean() ? EntityScope.Namespaced : EntityScope.Cluster),
                [.. Texts(entry.Value, "shortNames")],
                [.. Texts(entry.Value, "verbs")],
                [.. entries.Keys.Where(name => name.StartsWith(entry.Key + "/", StringComparison.Ordinal)).Select(name => name[(entry.Key.Length + 1)..])])),
        ];
    }

    private sealed record Answer(IReadOnlyList<ApiResource> Resources, long At);

    private sealed record VersionAnswer(ServerVersion Version, long At);
}
