using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Tests.Controllers;

/// <summary>Which events wake which keys.</summary>
public sealed class EventSourceTests
{
    private readonly List<(string Key, int Priority)> _woken = [];

    [Fact]
    public void A_status_write_does_not_wake_the_default_predicate_and_what_people_change_does()
    {
        var predicate = EventPredicates.DesiredStateChanged<V1Deployment>();
        var before = Deployment(generation: 1, version: "1");

        Assert.False(predicate.Update(before, Deployment(generation: 1, version: "2")));
        Assert.True(predicate.Update(before, Deployment(generation: 2, version: "2")));
        Assert.True(predicate.Update(before, Deployment(1, "2", meta => meta.Labels = new Dictionary<string, string> { ["a"] = "b" })));
        Assert.True(predicate.Update(before, Deployment(1, "2", meta => meta.Annotations = new Dictionary<string, string> { ["a"] = "b" })));
        Assert.True(predicate.Update(before, Deployment(1, "2", meta => meta.DeletionTimestamp = DateTimeOffset.UnixEpoch)));
    }

    [Fact]
    public void A_kind_without_generations_changes_with_its_version()
    {
        var predicate = EventPredicates.GenerationChanged<V1ConfigMap>();

        Assert.True(predicate.Update(Answers.ConfigMap("a", "1"), Answers.ConfigMap("a", "2")));
        Assert.False(predicate.Update(Answers.ConfigMap("a", "1"), Answers.ConfigMap("a", "1")));
    }

    [Fact]
    public void Predicates_combine()
    {
        var yes = new EventPredicate<V1ConfigMap>();
        var no = yes.Not();
        var entity = Answers.ConfigMap("a", "1");

        Assert.True(yes.Or(no).Create(entity) && yes.Or(no).Update(entity, entity) && yes.Or(no).Delete(entity));
        Assert.False(yes.And(no).Create(entity) || yes.And(no).Update(entity, entity) || yes.And(no).Delete(entity));
    }

    [Fact]
    public void A_dependent_wakes_its_controller_whatever_version_the_reference_names_and_nobody_else()
    {
        var child = Answers.ConfigMap("child", "1");
        child.Metadata.OwnerReferences =
        [
            new V1OwnerReference { ApiVersion = "test.dev/v1beta1", Kind = "Widget", Name = "mine", Controller = true },
            new V1OwnerReference { ApiVersion = "test.dev/v1", Kind = "Widget", Name = "onlyowner" },
            new V1OwnerReference { ApiVersion = "other.dev/v1", Kind = "Widget", Name = "foreign", Controller = true },
        ];

        Assert.Equal([new ObjectKey("shop", "mine")], OwnerMapping.ToController<Widget>(child));
    }

    [Fact]
    public void A_dependent_that_changes_its_owner_wakes_both()
    {
        var handler = Handler();

        handler.OnUpdate(Owned("old"), Owned("new"));

        Assert.Equal([("old", WorkQueuePriority.Normal), ("new", WorkQueuePriority.Normal)], _woken);
    }

    [Fact]
    public void Backlog_and_resyncs_come_with_low_priority_and_resyncs_pass_every_predicate()
    {
        var handler = Handler(new EventPredicate<V1ConfigMap>(update: static (_, _) => false, delete: static _ => false));
        var entity = Owned("a");

        handler.OnAdd(entity, isInInitialList: true);
        handler.OnUpdate(entity, entity);
        handler.OnAdd(entity, isInInitialList: false);
        handler.OnUpdate(entity, Owned("a"));
        handler.OnDelete(entity, finalStateUnknown: true);

        Assert.Equal([("a", WorkQueuePriority.Low), ("a", WorkQueuePriority.Low), ("a", WorkQueuePriority.Normal)], _woken);
    }

    private static V1ConfigMap Owned(string owner)
    {
        var child = Answers.ConfigMap("child", "1");
        child.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "test.dev/v1", Kind = "Widget", Name = owner, Controller = true }];
        return child;
    }

    private static V1Deployment Deployment(long generation, string version, Action<V1ObjectMeta>? change = null)
    {
        var entity = new V1Deployment { Metadata = { Name = "a", Namespace = "shop", Generation = generation, ResourceVersion = version } };
        change?.Invoke(entity.Metadata);
        return entity;
    }

    private EnqueueHandler<V1ConfigMap> Handler(EventPredicate<V1ConfigMap>? predicate = null) => new(
        static child => OwnerMapping.ToController<Widget>(child), predicate ?? EventPredicates.All<V1ConfigMap>(),
        (key, priority) => _woken.Add((key.Name, priority)));
}
