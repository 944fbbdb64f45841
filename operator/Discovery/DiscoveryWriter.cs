using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Discovery;

/// <summary>
/// Carries a plan out. Each change of a route fails when the route is not what the plan saw, so that a person's edit in between is never undone.
/// </summary>
internal sealed class DiscoveryWriter(IKubernetesClient client, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Reason of a refusal: the name that the route would have is taken.</summary>
    public const string NameConflict = "NameConflict";

    private static readonly CreateOptions Create = new() { FieldManager = OperatorOptions.FieldManager };
    private static readonly PatchOptions Patch = new() { FieldManager = OperatorOptions.FieldManager };

    /// <summary>Creates the route of a service; a route that somebody announced at the same time is as good. Returns why there is none.</summary>
    public async Task<Problem?> CreateAsync(SentryExporter exporter, DiscoveredService service, CancellationToken cancellationToken)
    {
        var route = DiscoveredRoute.Of(exporter, service);
        try
        {
            await client.CreateAsync(route, Create, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException exception) when (exception.IsAlreadyExists)
        {
            var other = await client.GetAsync<SentryProjectRoute>(route.Metadata.Name!, route.Metadata.Namespace, cancellationToken).ConfigureAwait(false);
            return other is null || (other.Spec.AttributeValue == service.Value && RouteClaims.ExporterOf(other) == ObjectKey.Of(exporter))
                ? null
                : new Problem(
                    service.Value,
                    NameConflict,
                    $"service \"{service.Value}\" gets no route: SentryProjectRoute {ObjectKey.Of(other)} has the name that it would have; delete it, or write a route");
        }

        DiscoveryMetrics.Created();
        Log.RouteCreated(logger, route.Metadata.Name!, ObjectKey.Of(exporter), service.Value, service.Workloads);
        return null;
    }

    /// <summary>Notes that a route is unused from now on. False when the route has changed.</summary>
    public async Task<bool> MarkAsync(SentryExporter exporter, SentryProjectRoute route, CancellationToken cancellationToken)
    {
        var since = DiscoveryAnnotations.Format(timeProvider.GetUtcNow());
        var annotations = new JsonObject { [DiscoveryAnnotations.UnusedSince] = since, [SentryOtelGroup.WorkloadsAnnotation] = null };
        if (!await AnnotateAsync(route, annotations, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        Log.RouteUnused(logger, ObjectKey.Of(route), ObjectKey.Of(exporter), route.Spec.AttributeValue);
        return true;
    }

    /// <summary>Notes the workloads that use a route. False when the route has changed.</summary>
    public Task<bool> UpdateAsync(RouteUpdate update, CancellationToken cancellationToken) => AnnotateAsync(
        update.Route,
        new JsonObject { [DiscoveryAnnotations.UnusedSince] = null, [SentryOtelGroup.WorkloadsAnnotation] = update.Workloads },
        cancellationToken);

    /// <summary>Deletes a route that has been unused for long enough. False when the route has changed.</summary>
    public async Task<bool> DeleteAsync(SentryExporter exporter, SentryProjectRoute route, CancellationToken cancellationToken)
    {
        var options = new DeleteOptions { PreconditionUid = route.Metadata.Uid, PreconditionResourceVersion = route.Metadata.ResourceVersion };
        try
        {
            await client.DeleteAsync<SentryProjectRoute>(route.Metadata.Name!, route.Metadata.Namespace, options, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            Log.RouteOvertaken(logger, ObjectKey.Of(route), exception.Message);
            return false;
        }

        DiscoveryMetrics.Deleted();
        Log.RouteDeleted(
            logger, ObjectKey.Of(route), ObjectKey.Of(exporter), route.Spec.AttributeValue, DiscoveryAnnotations.Value(route, DiscoveryAnnotations.UnusedSince));
        return true;
    }

    private async Task<bool> AnnotateAsync(SentryProjectRoute route, JsonObject annotations, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["resourceVersion"] = route.Metadata.ResourceVersion, ["annotations"] = annotations };
        try
        {
            await client.PatchAsync<SentryProjectRoute>(
                route.Metadata.Name!, route.Metadata.Namespace, new JsonObject { ["metadata"] = metadata }, Patch, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubernetesException exception) when (exception.IsConflict || exception.IsNotFound)
        {
            Log.RouteOvertaken(logger, ObjectKey.Of(route), exception.Message);
            return false;
        }
    }
}
