using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Discovery;

/// <summary>
/// What the server serves. Answers are cached; a kind that is not found is asked for again once the cached answer is
/// more than a few seconds old, so that a definition installed later is noticed.
/// </summary>
public interface IApiDiscovery
{
    /// <summary>Version of the server.</summary>
    Task<ServerVersion> GetServerVersionAsync(CancellationToken cancellationToken);

    /// <summary>Served versions (<c>v1</c>, <c>apps/v1</c> ...), each group's preferred one first.</summary>
    Task<IReadOnlyList<string>> GetGroupVersionsAsync(CancellationToken cancellationToken);

    /// <summary>The resources of a version, subresources left out; empty when it is not served.</summary>
    Task<IReadOnlyList<ApiResource>> GetResourcesAsync(string group, string version, CancellationToken cancellationToken);

    /// <summary>The resource of a kind; null when it is not served.</summary>
    Task<ApiResource?> FindAsync(string group, string version, string kind, CancellationToken cancellationToken);

    /// <summary>Whether a kind is served.</summary>
    Task<bool> ServesAsync(string group, string version, string kind, CancellationToken cancellationToken);

    /// <summary>Forgets all answers.</summary>
    void Invalidate();
}

/// <summary>A resource that the server serves.</summary>
/// <param name="Metadata">Kind, plural and scope.</param>
/// <param name="ShortNames">Other names for <c>kubectl</c>.</param>
/// <param name="Verbs"><c>get</c>, <c>list</c>, <c>patch</c> ...</param>
/// <param name="Subresources"><c>status</c>, <c>scale</c> ...</param>
public sealed record ApiResource(
    EntityMetadata Metadata, IReadOnlyList<string> ShortNames, IReadOnlyList<string> Verbs, IReadOnlyList<string> Subresources);

/// <summary>Version of the server.</summary>
/// <param name="Major">1.</param>
/// <param name="Minor">Without the <c>+</c> that some providers append.</param>
/// <param name="GitVersion">In full: <c>v1.20.2</c>.</param>
public sealed record ServerVersion(int Major, int Minor, string GitVersion);
