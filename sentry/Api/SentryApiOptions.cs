namespace SentryOtel.Sentry.Api;

/// <summary>Where and as whom to call Sentry's management API.</summary>
public sealed record SentryApiOptions
{
    /// <summary>Base address, <c>https://sentry.io</c> or a server of one's own; a path prefix is kept.</summary>
    public required Uri Url { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organization { get; init; }

    /// <summary>Token with the scopes org:read, project:read and, to create projects, project:write.</summary>
    public required SentryToken Token { get; init; }

    /// <summary>Bound of one attempt, body included. 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Retries after the first attempt of a call that may be repeated. 3.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>First pause between attempts; doubles, with jitter, up to 10 s. 500 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest answer read, in bytes. 4 MiB: a page of 100 projects in a large organisation comes near 1 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Headers added to every request, for a proxy in front of a self-hosted Sentry. Never <c>Authorization</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Where and which organisation; never the token or a header.</summary>
    public override string ToString() => $"{Organization} at {Url.GetLeftPart(UriPartial.Path)}";
}
