using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer;

/// <summary>How to start a stand-in Sentry.</summary>
public sealed record SentryServerOptions
{
    /// <summary>Where the management API listens; port 0 takes a free one.</summary>
    public string ManagementListenUrl { get; init; } = "http://127.0.0.1:0";

    /// <summary>Where ingest listens; port 0 takes a free one.</summary>
    public string IngestListenUrl { get; init; } = "http://127.0.0.1:0";

    /// <summary>The management address that answers name (links, regionUrl), when clients reach it under another one. With the prefix, if any.</summary>
    public Uri? PublicManagementUrl { get; init; }

    /// <summary>The ingest address that keys name, when clients reach it under another one. With the prefix, if any.</summary>
    public Uri? PublicIngestUrl { get; init; }

    /// <summary>Path before <c>/api/</c> on both ports, such as <c>/sentry</c>; empty for none.</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>Slug of the organisation.</summary>
    public string Organization { get; init; } = "acme";

    /// <summary>Slugs of the teams that exist at the start.</summary>
    public IReadOnlyList<string> Teams { get; init; } = ["platform"];

    /// <summary>Slugs of the projects that exist at the start, in the first team.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>The tokens that are known at the start.</summary>
    public IReadOnlyList<AccessToken> Tokens { get; init; } = [];

    /// <summary>How this Sentry behaves at the start.</summary>
    public Modes Modes { get; init; } = new();

    /// <summary>The clock of cache, limits and delays. A <see cref="StandIn.JumpClock"/> can be set ahead over HTTP.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How many spans, log records and losses are kept each.</summary>
    public int RecordedItems { get; init; } = 200_000;

    /// <summary>When idle connections are closed.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Certificate with its private key, for https addresses.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Gives each new connection its certificate, in place of <see cref="Certificate"/>: it can be renewed while the server runs.</summary>
    public Func<X509Certificate2>? CertificateSource { get; init; }

    /// <summary>Where the web server's own messages go; nowhere unless set.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }
}
