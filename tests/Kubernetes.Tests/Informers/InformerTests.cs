using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Testing;
using static SentryOtel.Kubernetes.Tests.Answers;

namespace SentryOtel.Kubernetes.Tests.Informers;

public sealed class InformerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_has_synced_only_when_the_handlers_have_seen_the_whole_first_list()
    {
        await using var fixture = new InformerFixture();
        var probe = new SyncProbe(fixture.Informer);
        fixture.Informer.AddHandler(probe);
        fixture.Start();
        var list = await fixture.Server.NextListAsync();
        Assert.False(fixture.Informer.HasSynced);

        list.Reply("10", ConfigMap("one", "1"), ConfigMap("two", "2"));
        await fixture.Informer.WaitForSyncAsync(Token);

        Assert.Equal([false, false], probe.SyncedDuringAdds);
        Assert.Equal(2, fixture.Handler.Calls.Count);
    }

    [Fact]
    public async Task Every_change_reaches_cache_indexes_and_handlers()
    {
        await using var fixture = new InformerFixture();
        fixture.Informer.AddIndex("team", entity => entity.Metadata.Labels is { } labels && labels.TryGetValue("team", out var team) ? [team] : []);
        var watch = await fixture.StartSyncedAsync("10", Labelled("one", "7", "red"));

        watch.Send(WatchEventType.Added, Labelled("two", "11", "red"))
            .Send(WatchEventType.Modified, Labelled("one", "12", "blue"))
            .Send(WatchEventType.Deleted, Labelled("two", "13", "red"));
        await fixture.HandledAsync(4);

        Assert.Equal(["add one@7 initial", "add two@11", "update one@7 to 12", "delete two@13"], fixture.Handler.Calls);
        Assert.Empty(fixture.Informer.Store.ByIndex("team", "red"));
        Assert.Equal("12", Assert.Single(fixture.Informer.Store.ByIndex("team", "blue")).Metadata.ResourceVersion);
        Assert.Single(fixture.Informer.Store.ByNamespace("shop"));
        Assert.Throws<KeyNotFoundException>(() => fixture.Informer.Store.ByIndex("colour", "red"));
    }

    [Fact]
    public async Task Dependents_are_found_by_the_uid_of_their_owner()
    {
        await using var fixture = new InformerFixture();
        var child = ConfigMap("child", "7");
        child.Metadata.OwnerReferences = [new V1OwnerReference { Uid = "owner-1", Kind = "X", Name = "x", ApiVersion = "v1" }];
        await fixture.StartSyncedAsync("10", child, ConfigMap("other", "8"));

        Assert.Equal("child", Assert.Single(fixture.Informer.Store.ByOwner("owner-1")).Metadata.Name);
        Assert.Empty(fixture.Informer.Store.ByOwner("owner-2"));
    }

    [Fact]
    public async Task Events_that_come_twice_are_told_once()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10");

        watch.Send(WatchEventType.Added, ConfigMap("one", "11"))
            .Send(WatchEventType.Added, ConfigMap("one", "11"))
            .Send(WatchEventType.Deleted, ConfigMap("one", "12"))
            .Send(WatchEventType.Deleted, ConfigMap("one", "12"))
            .Send(WatchEventType.Modified, ConfigMap("two", "13"));
        await fixture.HandledAsync(3);

        Assert.Equal(["add one@11", "delete one@12", "add two@13"], fixture.Handler.Calls);
    }

    [Fact]
    public async Task An_object_made_anew_under_its_name_is_a_deletion_and_an_addition()
    {
        await using var fixture = new InformerFixture();
        var watch = await fixture.StartSyncedAsync("10", ConfigMap("one", "7", uid: "first"));

        watch.Send(WatchEventType.Added, ConfigMap("one", "12", uid: "second"));
        await fixture.HandledAsync(3);

        Assert.Equal(["add one@7 initial", "delete one@7 unseen", "add one@12"], fixture.Handler.Calls);
    }

    [Fact]
    public async Task Managed_fields_and_the_last_applied_manifest_are_not_cached()
    {
        await using var fixture = new InformerFixture();
        var entity = ConfigMap("one", "7");
        entity.Metadata.ManagedFields = [new V1ManagedFieldsEntry { Manager = "kubectl" }];
        entity.Metadata.Annotations = new Dictionary<string, string> { ["kubectl.kubernetes.io/last-applied-configuration"] = "{}", ["kept"] = "yes" };

        await fixture.StartSyncedAsync("10", entity);

        var cached = fixture.Informer.Store.Get(new ObjectKey("shop", "one"))!;
        Assert.Null(cached.Metadata.ManagedFields);
        Assert.Equal(["kept"], cached.Metadata.Annotations!.Keys);
    }

    [Fact]
    public async Task A_handler_that_comes_late_hears_of_all_there_is()
    {
        await using var fixture = new InformerFixture();
        await fixture.StartSyncedAsync("10", ConfigMap("one", "7"), ConfigMap("two", "8"));
        var late = new RecordingHandler();

        fixture.Informer.AddHandler(late);

        Assert.Equal(["add one@7 initial", "add two@8 initial"], late.Calls);
    }

    [Fact]
    public async Task A_handler_that_throws_stops_neither_the_cache_nor_the_others()
    {
        await using var fixture = new InformerFixture();
        fixture.Informer.AddHandler(new ThrowingHandler());
        var last = new RecordingHandler();
        fixture.Informer.AddHandler(last);

        var watch = await fixture.StartSyncedAsync("10", ConfigMap("one", "7"));
        watch.Send(WatchEventType.Added, ConfigMap("two", "11"));
        await fixture.HandledAsync(2);

        await Eventually.HoldsAsync(() => last.Calls.Count == 2, TimeSpan.FromSeconds(30), "the last handler", Token);
        Assert.Equal(["one", "two"], fixture.Names);
    }

    [Fact]
    public async Task A_resync_tells_everything_again_without_a_request()
    {
        await using var fixture = new InformerFixture(new InformerOptions<V1ConfigMap> { ResyncPeriod = TimeSpan.FromHours(10) });
        await fixture.StartSyncedAsync("10", ConfigMap("one", "7"));

        fixture.Time.Advance(TimeSpan.FromHours(11));
        await fixture.HandledAsync(2);

        Assert.Equal(["add one@7 initial", "resync one@7"], fixture.Handler.Calls);
        Assert.True(fixture.Server.IsQuiet);
    }

    [Fact]
    public async Task Each_of_several_namespaces_is_listed_watched_and_replaced_by_itself()
    {
        await using var fixture = new InformerFixture(new InformerOptions<V1ConfigMap> { Namespaces = ["red", "blue"], ResyncPeriod = TimeSpan.Zero });
        fixture.Start();
        ListRequest[] lists = [await fixture.Server.NextListAsync(), await fixture.Server.NextListAsync()];
        Assert.Equal(["red", "blue"], lists.Select(list => list.Namespace));

        lists[0].Reply("10", ConfigMap("one", "7", "red"));
        var red = await fixture.Server.NextWatchAsync();
        Assert.False(fixture.Informer.HasSynced);
        lists[1].Reply("11", ConfigMap("two", "8", "blue"));
        await fixture.Informer.WaitForSyncAsync(Token);

        red.Fail(Gone());
        await fixture.Server.NextWatchAsync();
        await fixture.PassPauseAsync();
        (await fixture.Server.NextListAsync()).Reply("20");
        await fixture.HandledAsync(3);
        Assert.Equal(["two"], fixture.Names);
        Assert.Equal("delete one@7 unseen", fixture.Handler.Calls[^1]);
    }

    private static V1ConfigMap Labelled(string name, string version, string team)
    {
        var entity = ConfigMap(name, version);
        entity.Metadata.Labels = new Dictionary<string, string> { ["team"] = team };
        return entity;
    }

    private sealed class SyncProbe(IInformer informer) : IInformerHandler<V1ConfigMap>
    {
        public List<bool> SyncedDuringAdds { get; } = [];

        public void OnAdd(V1ConfigMap entity, bool isInInitialList) => SyncedDuringAdds.Add(informer.HasSynced);

        public void OnUpdate(V1ConfigMap oldEntity, V1ConfigMap newEntity)
        {
        }

        public void OnDelete(V1ConfigMap entity, bool finalStateUnknown)
        {
        }
    }

    private sealed class ThrowingHandler : IInformerHandler<V1ConfigMap>
    {
        public void OnAdd(V1ConfigMap entity, bool isInInitialList) => throw new InvalidOperationException("broken");

        public void OnUpdate(V1ConfigMap oldEntity, V1ConfigMap newEntity) => throw new InvalidOperationException("broken");

        public void OnDelete(V1ConfigMap entity, bool finalStateUnknown) => throw new InvalidOperationException("broken");
    }
}
