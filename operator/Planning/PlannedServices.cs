using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Planning;

/// <summary>Services that would get a route, or lose it and their project with it, of exporters that are only planned: no object's status says so.</summary>
internal sealed class PlannedServices
{
    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyList<PlannedService>> _services = new();

    /// <summary>Wakes the exporter's status pass; set when its controller is hooked up.</summary>
    public Action<ObjectKey>? Changed { get; set; }

    /// <summary>The services of an exporter.</summary>
    public IReadOnlyList<PlannedService> Of(ObjectKey exporter) => _services.GetValueOrDefault(exporter) ?? [];

    /// <summary>Takes what a pass found, all of it.</summary>
    public void Update(ObjectKey exporter, IReadOnlyList<PlannedService> services)
    {
        var known = Of(exporter);
        _services[exporter] = services;
        if (!known.SequenceEqual(services))
        {
            Changed?.Invoke(exporter);
        }
    }

    /// <summary>The exporter is gone, or its plan is carried out.</summary>
    public void Forget(ObjectKey exporter) => _services.TryRemove(exporter, out _);
}

/// <summary>A service that would get a route, or lose it.</summary>
/// <param name="Value">Its name.</param>
/// <param name="Plan">What would become of its project.</param>
internal sealed record PlannedService(string Value, RoutePlan Plan);
