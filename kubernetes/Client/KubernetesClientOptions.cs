using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SentryOtel.Kubernetes.Client;

/// <summary>How a client behaves, whichever cluster it talks to.</summary>
public sealed record KubernetesClientOptions
{
    /// <summary>Serialisers of the caller's own entities, asked before those of this library.</summary>
    public IReadOnlyList<IJsonTypeInfoResolver> JsonTypeInfoResolvers { get; init; } = [];

    /// <summary>Clock of deadlines, waits and reloads.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Program and version: <c>sentry-otel-operator/0.1.0</c>.</summary>
    public string UserAgent { get; init; } = "sentry-otel-kubernetes";

    /// <summary>Deadline of one attempt of a request; a watch is bound by its own timeout.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is sent again when the server answers 429 or 5xx with <c>Retry-After</c>.</summary>
    public int MaxRetries { get; init; } = 10;

    /// <summary>Where reloads, retries and unreadable objects are reported.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Takes the place of the network. The caller's to dispose; TLS settings of the configuration do not apply to it.</summary>
    public HttpMessageHandler? HttpMessageHandler { get; init; }
}
