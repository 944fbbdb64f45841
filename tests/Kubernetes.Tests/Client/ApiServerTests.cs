using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Client;

/// <summary>The client against a real API server.</summary>
[Trait("Category", "Processes")]
public sealed class ApiServerTests(ControlPlaneFixture fixture) : IAsyncLifetime
{
    private static readonly ApplyOptions Apply = new() { FieldManager = "tests", Force = true };

    private KubernetesClient _client = null!;
    private string _namespace = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = await fixture.CreateClientAsync(Stop);
        _namespace = await ControlPlaneFixture.CreateNamespaceAsync(_client, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DeleteAsync<V1Namespace>(_namespace, null, null, CancellationToken.None);
        _client.Dispose();
    }

    private V1ConfigMap Map(string name, string? value = null) => new()
    {
        Metadata = { Name = name, Namespace = _namespace },
        Data = value is null ? null : new Dictionary<string, string> { ["value"] = value },
    };

    [Fact]
    public async Task An_object_is_created_read_patched_and_deleted()
    {
        var created = await _client.CreateAsync(Map("life", "one"), null, Stop);
        Assert.NotEmpty(created.Metadata.Uid!);
        var taken = await Assert.ThrowsAsync<KubernetesException>(() => _client.CreateAsync(Map("life"), null, Stop));
        Assert.True(taken is { IsAlreadyExists: true, IsConflict: false });

        var patched = await _client.PatchAsync<V1ConfigMap>(
            "life", _namespace, new JsonObject { ["data"] = new JsonObject { ["value"] = null, ["more"] = "two" } }, null, Stop);
        Assert.Equal("two", Assert.Single(patched.Data!).Value);

        Assert.Equal(patched.Metadata.ResourceVersion, (await _client.GetAsync<V1ConfigMap>("life", _namespace, Stop))!.Metadata.ResourceVersion);
        Assert.True(await _client.DeleteAsync<V1ConfigMap>("life", _namespace, null, Stop));
        Assert.False(await _client.DeleteAsync<V1ConfigMap>("life", _namespace, null, Stop));
        Assert.Null(await _client.GetAsync<V1ConfigMap>("life", _namespace, Stop));
    }

    [Fact]
    public async Task A_patch_of_an_old_version_and_a_delete_of_another_object_are_conflicts()
    {
        var first = await _client.CreateAsync(Map("locked", "one"), null, Stop);
        await _client.PatchAsync<V1ConfigMap>("locked", _namespace, Patch(first.Metadata.ResourceVersion!, "two"), null, Stop);

        var stale = await Assert.ThrowsAsync<KubernetesException>(() =>
            _client.PatchAsync<V1ConfigMap>("locked", _namespace, Patch(first.Metadata.ResourceVersion!, "three"), null, Stop));
        Assert.True(stale is { IsConflict: true, IsAlreadyExists: false, IsFieldManagerConflict: false });

        var other = await Assert.ThrowsAsync<KubernetesException>(() => _client.DeleteAsync<V1ConfigMap>(
            "locked", _namespace, new DeleteOptions { PreconditionUid = Guid.NewGuid().ToString() }, Stop));
        Assert.True(other.IsConflict);
        Assert.True(await _client.DeleteAsync<V1ConfigMap>(
            "locked", _namespace, new DeleteOptions { PreconditionUid = first.Metadata.Uid, GracePeriodSeconds = 0 }, Stop));

        static JsonObject Patch(string version, string value) => new()
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = version },
            ["data"] = new JsonObject { ["value"] = value },
        };
    }

    [Theory]
    [InlineData("emoji", "\ud83d\ude00 and \ud83e\udd80")]
    [InlineData("line-separator", "a\u2028b\u2029c")]
    [InlineData("next-line", "a\u0085b")]
    [InlineData("controls", "\u007f\u0001\b\f\n\r\t\"\\/")]
    [InlineData("noncharacters", "\ufffe\uffff\ufeff")]
    [InlineData("accents", "h\u00e9llo \u4e16\u754c")]
    [InlineData("yaml", "- a: &b *c # {d}\n---\n")]
    public async Task Text_comes_back_from_an_apply_as_it_was_sent(string name, string text)
    {
        var applied = await _client.ApplyAsync(Map(name, text), Apply, Stop);
        Assert.Equal(text, applied.Data!["value"]);
        Assert.Equal(text, (await _client.GetAsync<V1ConfigMap>(name, _namespace, Stop))!.Data!["value"]);
    }

    [Fact]
    public async Task An_apply_without_change_keeps_the_version_and_one_that_omits_a_field_removes_it()
    {
        var first = await _client.ApplyAsync(Map("applied", "one"), Apply, Stop);
        var same = await _client.ApplyAsync(Map("applied", "one"), Apply, Stop);
        Assert.Equal(first.Metadata.ResourceVersion, same.Metadata.ResourceVersion);
        Assert.Equal("tests", Assert.Single(same.Metadata.ManagedFields!).Manager);

        Assert.Null((await _client.ApplyAsync(Map("applied"), Apply, Stop)).Data);
    }

    [Fact]
    public async Task Without_force_a_field_of_another_manager_is_a_conflict()
    {
        await _client.ApplyAsync(Map("shared", "one"), Apply, Stop);
        var other = new ApplyOptions { FieldManager = "other" };
        var error = await Assert.ThrowsAsync<KubernetesException>(() => _client.ApplyAsync(Map("shared", "two"), other, Stop));
        Assert.True(error.IsFieldManagerConflict);
        Assert.Equal("two", (await _client.ApplyAsync(Map("shared", "two"), other with { Force = true }, Stop)).Data!["value"]);
    }

    [Fact]
    public async Task An_object_that_was_read_can_be_applied_again_in_spite_of_its_managed_fields()
    {
        var read = await _client.ApplyAsync(Map("again", "one"), Apply, Stop);
        read.Data!["value"] = "two";
        Assert.Equal("two", (await _client.ApplyAsync(read, Apply, Stop)).Data!["value"]);
        var stale = await Assert.ThrowsAsync<KubernetesException>(() => _client.ApplyAsync(read, Apply, Stop));
        Assert.True(stale.IsConflict);
    }

    [Fact]
    public async Task A_manifest_of_any_kind_is_applied_read_and_deleted()
    {
        var manifest = JsonNode.Parse($$"""
            {"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"pdb","namespace":"{{_namespace}}"},
             "spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"} } } }
            """)!.AsObject();

        await _client.ApplyAsync(manifest, Apply, Stop);
        var resource = (await _client.Discovery.FindAsync("policy", "v1beta1", "PodDisruptionBudget", Stop))!.Metadata;
        Assert.Equal(1, (await _client.GetAsync(resource, "pdb", _namespace, Stop))!["spec"]!["minAvailable"]!.GetValue<int>());
        Assert.True(await _client.DeleteAsync(resource, "pdb", _namespace, null, Stop));

        manifest["apiVersion"] = "policy/v9";
        var error = await Assert.ThrowsAsync<NoKindMatchException>(() => _client.ApplyAsync(manifest, Apply, Stop));
        Assert.Contains("policy/v9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_stores_nothing_and_a_broken_rule_is_invalid()
    {
        await _client.ApplyAsync(Map("dry"), Apply with { DryRun = true }, Stop);
        Assert.Null(await _client.GetAsync<V1ConfigMap>("dry", _namespace, Stop));

        var error = await Assert.ThrowsAsync<KubernetesException>(() => _client.ApplyAsync(Map("Not_A_Name"), Apply, Stop));
        Assert.True(error.IsInvalid);
        Assert.Equal("metadata.name", Assert.Single(error.Status!.Details!.Causes!).Field);
    }

    [Fact]
    public async Task Scale_is_read_and_patched_through_its_subresource()
    {
        await _client.ApplyAsync(
            JsonNode.Parse($$$"""
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"{{{_namespace}}}"},
                 "spec":{"replicas":0,"selector":{"matchLabels":{"app":"web"}},
                 "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"none"}]} } } }
                """)!.AsObject(),
            Apply,
            Stop);

        Assert.Equal(2, (await _client.PatchScaleAsync<V1Deployment>("web", _namespace, 2, null, Stop)).Spec!.Replicas);
        Assert.Equal(2, (await _client.GetScaleAsync<V1Deployment>("web", _namespace, Stop))!.Spec!.Replicas);
        Assert.Null(await _client.GetScaleAsync<V1Deployment>("absent", _namespace, Stop));
        var web = (await _client.GetAsync<V1Deployment>("web", _namespace, Stop))!;
        Assert.Equal((2, "none"), (web.Spec!.Replicas, web.Spec.Template!.Spec!.Containers![0].Image));
        Assert.True(web.Metadata.Generation >= 2);
    }

    [Fact]
    public async Task A_status_apply_writes_the_status_and_claims_nothing_else()
    {
        var pod = new V1Pod
        {
            Metadata = { Name = "pod", Namespace = _namespace, Labels = new Dictionary<string, string> { ["a"] = "b" } },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "none" }] },
        };
        await _client.ServiceAccountReadyAsync(_namespace, Stop);
        await _client.CreateAsync(pod, null, Stop);
        pod.Status = new V1PodStatus { Message = "told" };

        var applied = await _client.ApplyAsync(pod, Apply with { FieldManager = "status", Subresource = "status" }, Stop);

        Assert.Equal("told", applied.Status!.Message);
        var fields = Assert.Single(applied.Metadata.ManagedFields!, entry => entry.Manager == "status").FieldsV1!.Value.GetRawText();
        Assert.Equal("""{"f:status":{"f:message":{}}}""", fields);
    }

    [Fact]
    public async Task A_pod_is_bound_to_a_node()
    {
        await _client.ServiceAccountReadyAsync(_namespace, Stop);
        await _client.CreateAsync(
            new V1Pod
            {
                Metadata = { Name = "bound", Namespace = _namespace },
                Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "none" }] },
            },
            null,
            Stop);

        await _client.BindPodAsync(_namespace, "bound", "node-1", Stop);

        Assert.Equal("node-1", (await _client.GetAsync<V1Pod>("bound", _namespace, Stop))!.Spec!.NodeName);
    }

    [Fact]
    public async Task Events_and_leases_are_accepted_with_their_times()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(123456);
        var lease = await _client.CreateAsync(
            new V1Lease
            {
                Metadata = { Name = "leader", Namespace = _namespace },
                Spec = new V1LeaseSpec { HolderIdentity = "me", LeaseDurationSeconds = 15, AcquireTime = at, RenewTime = at },
            },
            null,
            Stop);
        Assert.Equal(at, lease.Spec!.RenewTime);

        var recorded = await _client.CreateAsync(
            new V1Event
            {
                Metadata = { Name = "leader.1", Namespace = _namespace },
                EventTime = at,
                ReportingController = "example.com/tests",
                ReportingInstance = "tests-1",
                Action = "Testing",
                Reason = "Tested",
                Type = "Normal",
                Note = "\ud83d\ude00",
                Regarding = new V1ObjectReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "x", Namespace = _namespace },
            },
            null,
            Stop);
        Assert.Equal("\ud83d\ude00", recorded.Note);
    }
}
