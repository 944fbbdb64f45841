using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Routes;

namespace SentryOtel.Operator.Controllers.RouteWakes;

/// <summary>Tells an exporter that one of its routes came, went or changed in more than its traffic.</summary>
/// <param name="wake">Wakes the report of an exporter.</param>
internal sealed class RouteNews(Action<ObjectKey> wake) : IInformerHandler<SentryProjectRoute>
{
    private static readonly EventPredicate<SentryProjectRoute> Changes = RouteChanges.BesideTraffic();

    /// <inheritdoc/>
    public void OnAdd(SentryProjectRoute entity, bool isInInitialList) => wake(RouteClaims.ExporterOf(entity));

    /// <inheritdoc/>
    public void OnUpdate(SentryProjectRoute oldEntity, SentryProjectRoute newEntity)
    {
        if (ReferenceEquals(oldEntity, newEntity) || !Changes.Update(oldEntity, newEntity))
        {
            return;
        }

        foreach (var exporter in new[] { RouteClaims.ExporterOf(oldEntity), RouteClaims.ExporterOf(newEntity) }.Distinct())
        {
            wake(exporter);
        }
    }

    /// <inheritdoc/>
    public void OnDelete(SentryProjectRoute entity, bool finalStateUnknown) => wake(RouteClaims.ExporterOf(entity));
}
