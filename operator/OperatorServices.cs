using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.References;

namespace SentryOtel.Operator;

/// <summary>What every controller of the operator works with.</summary>
internal sealed record OperatorServices
{
    public required OperatorOptions Options { get; init; }

    public required IKubernetesClient Client { get; init; }

    public required StatusWriter Status { get; init; }

    public required IEventRecorder Events { get; init; }

    /// <summary>The way from an exporter to Sentry's API.</summary>
    public required ExporterConnections Connections { get; init; }

    /// <summary>Follows the Secrets and ConfigMaps that exporters and routes refer to; null where nobody does, and they are read now and then.</summary>
    public ReferencedObjects? References { get; init; }

    /// <summary>What is known of projects in Sentry.</summary>
    public ProjectCatalogs Catalogs { get; init; } = new();

    public required ILoggerFactory LoggerFactory { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
