using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Hosting.Reloading;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Gateway.Hosting;

/// <summary>What the gateway gets from outside.</summary>
internal sealed record GatewayServices
{
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>The cluster's API, for a gateway of some version.</summary>
    public Func<string, IKubernetesClient> Kubernetes { get; init; } = static version => new KubernetesClient(
        KubernetesClientConfiguration.BuildDefaultConfig(), new KubernetesClientOptions { UserAgent = $"sentry-otel-gateway/{version}" });

    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public Random Random { get; init; } = new();

    /// <summary>Follows the configuration's log level; null where logs are somebody else's.</summary>
    public LogThreshold? LogThreshold { get; init; }

    /// <summary>What stands around the connections of an exporter, both to the API and to ingest.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler> Network { get; init; } = static handler => handler;

    /// <summary>
    /// How long requests are still taken once the gateway has been told to stop, each connection being closed after its next answer. In a cluster others learn only meanwhile that
    /// this pod goes: a connection closed at once may have a request on its way that no client sends again.
    /// </summary>
    public TimeSpan Farewell { get; init; }

    public string Version { get; init; } = "0.0.0";
}
