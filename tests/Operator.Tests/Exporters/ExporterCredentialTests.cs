using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Tests.Exporters;

[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterCredentialTests(OperatorCluster cluster)
{
    [Fact]
    public async Task A_missing_Secret_is_named_and_noticed_when_it_comes()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.CreateExporterAsync();

        var exporter = await world.WaitAsync("Ready", ConditionStatus.False, "SecretNotFound");
        Assert.Contains($"{world.Namespace}/sentry", exporter.Status!.Conditions.FindCondition("Ready")!.Message, StringComparison.Ordinal);
        Assert.Null(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));

        await world.SetSecretAsync("sentry", "other-key", ExporterWorld.Token);
        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "SecretKeyMissing");

        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");
    }

    [Fact]
    public async Task A_wrong_token_is_told_and_a_corrected_one_taken()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", "sntryi_wrong");
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.False, "InvalidToken");

        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);

        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");

        // Several passes have found the same: one event tells of it.
        await world.WaitForAsync(
            async () => (await world.KubectlAsync("get", "events.v1.events.k8s.io", "--output", "jsonpath={.items[*].reason}")).Contains("NoPodReady", StringComparison.Ordinal),
            "the event after the correction");
        var events = await world.KubectlAsync("get", "events.v1.events.k8s.io", "--output", "jsonpath={range .items[*]}{.reason}/{.series.count}{\"\\n\"}{end}");
        Assert.Equal(["InvalidToken/"], events.Split('\n').Where(static line => line.StartsWith("InvalidToken", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_token_with_the_scopes_of_Sentrys_guide_is_accepted_without_the_organization()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.Sentry.State.Tokens.Grant("sntryi_projects", "project:write", "team:read");
        await world.SetSecretAsync("sentry", "token", "sntryi_projects");
        await world.CreateExporterAsync();

        var exporter = await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");

        Assert.Null(exporter.Status!.Organization);
    }

    [Fact]
    public async Task A_token_that_is_revoked_later_is_noticed()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");

        world.Sentry.State.Tokens.Revoke(ExporterWorld.Token);

        await world.WaitAsync("Ready", ConditionStatus.False, "InvalidToken");
    }

    [Fact]
    public async Task A_token_without_the_scope_to_create_projects_is_told_which_one()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.Sentry.State.Tokens.Grant("sntryi_reader", "org:read", "project:read", "team:read");
        await world.SetSecretAsync("sentry", "token", "sntryi_reader");
        await world.CreateExporterAsync(spec => spec.AutoCreateProjects = true);

        var exporter = await world.WaitAsync("CredentialsValid", ConditionStatus.False, "MissingScope");

        Assert.Contains("project:write", exporter.Status!.Conditions.FindCondition("CredentialsValid")!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_organization_is_told()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec => spec.OrgSlug = "somebody-else");

        await world.WaitAsync("Ready", ConditionStatus.False, "OrganizationNotFound");
    }

    [Fact]
    public async Task The_status_tells_of_no_organization_that_the_spec_does_not_name_any_more()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        Assert.NotNull((await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted")).Status!.Organization);

        // An outage takes nothing away
        await world.Sentry.StopAsync();
        Assert.NotNull((await world.WaitAsync("CredentialsValid", ConditionStatus.Unknown, "SentryUnreachable")).Status!.Organization);
        await world.PatchExporterAsync("""{"orgSlug": "somebody-else"}""");
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status is { ObservedGeneration: 2, Organization: null }, "a status without the organization");
        await world.Sentry.ResumeAsync(ExporterWorld.Cancellation);
        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "OrganizationNotFound");
    }

    [Fact]
    public async Task Sentry_that_is_down_makes_the_state_unknown_until_it_is_back()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.Sentry.StopAsync();
        await world.CreateExporterAsync();
        await world.WaitAsync("CredentialsValid", ConditionStatus.Unknown, "SentryUnreachable");

        await world.Sentry.ResumeAsync(ExporterWorld.Cancellation);

        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");
    }

    [Fact]
    public async Task An_exporter_with_a_DSN_needs_no_token_and_another_DSN_rolls_no_pod()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "dsn", "https://0123456789abcdef0123456789abcdef@sentry.example.com/7");
        await world.CreateExporterAsync(spec =>
        {
            (spec.OrgSlug, spec.AuthTokenSecretRef) = (null, null);
            spec.DsnSecretRef = new SecretKeyReference { Name = "sentry", Key = "dsn" };
        });
        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "DsnAccepted");
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        var before = await GenerationAsync();

        await world.SetSecretAsync("sentry", "dsn", "https://0123456789abcdef0123456789abcdef@sentry.example.com/8");
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status!.Conditions
                .FindCondition("CredentialsValid")!.Message!.EndsWith("project 8", StringComparison.Ordinal),
            "the other DSN is seen");
        Assert.Equal(before, await GenerationAsync());

        await world.SetSecretAsync("sentry", "dsn", "no dsn at all");
        await world.WaitAsync("Ready", ConditionStatus.False, "InvalidDsn");

        async Task<long?> GenerationAsync() => (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Metadata.Generation;
    }

    [Fact]
    public async Task A_missing_Secret_of_the_receivers_is_named_before_any_pod_hangs_on_it()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec =>
        {
            spec.Gateway.Tls = new GatewayTlsSpec { SecretName = "otlp-server" };
            spec.Gateway.Auth = new GatewayAuthSpec { BearerTokenSecretRef = new SecretKeyReference { Name = "clients", Key = "tokens" } };
        });
        var exporter = await world.WaitAsync("Ready", ConditionStatus.False, "SecretNotFound");
        Assert.Contains("/otlp-server ", exporter.Status!.Conditions.FindCondition("Ready")!.Message, StringComparison.Ordinal);
        Assert.Null(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));

        await world.KubectlAsync("create", "secret", "generic", "otlp-server", "--from-literal=tls.crt=certificate", "--from-literal=tls.key=key");
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status!.Conditions
                .FindCondition("Ready")!.Message!.Contains("/clients ", StringComparison.Ordinal),
            "the next missing Secret is named");
        await world.SetSecretAsync("clients", "tokens", "first");

        var ready = await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        Assert.Equal($"https://main-gateway.{world.Namespace}.svc:4318", ready.Status!.Endpoint!.Http);
    }

    [Fact]
    public async Task The_token_is_nowhere_but_in_its_Secret()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");
        world.Sentry.State.Tokens.Revoke(ExporterWorld.Token);
        await world.WaitAsync("Ready", ConditionStatus.False, "InvalidToken");

        var everything = await world.KubectlAsync("get", "sentryexporters,configmaps,deployments,services,pods,events,roles", "--output", "yaml");

        Assert.Contains("main-gateway", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(ExporterWorld.Token, everything, StringComparison.Ordinal);
    }
}
