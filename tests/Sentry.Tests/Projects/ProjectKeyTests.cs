using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using static SentryOtel.Sentry.Tests.Projects.Provisioning;

namespace SentryOtel.Sentry.Tests.Projects;

public sealed class ProjectKeyTests
{
    [Fact]
    public async Task The_key_in_use_is_kept_while_active_and_replaced_with_the_oldest_when_not()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var newer = api.State.Keys.Create(api.State.Projects.Find("orders")!.Id, "second");
        var request = Orders with { Known = new KnownProject($"{newer.ProjectId}", "orders", false, newer.Public) };

        Assert.Equal(newer.Public, (await ProvisionAsync(api, request)).PublicKey);
        api.State.Keys.Update(newer.Public, static key => key with { IsActive = false });
        Assert.Equal("Default", api.State.Keys.Find((await ProvisionAsync(api, request)).PublicKey)!.Name);
    }

    [Fact]
    public async Task A_key_asked_for_by_name_must_be_there()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });

        var error = await FailAsync(api, Orders with { KeyName = "otlp" });
        var key = api.State.Keys.Create(api.State.Projects.Find("orders")!.Id, "otlp");

        Assert.Equal(ProvisionErrorReason.NoActiveKey, error.Reason);
        Assert.Equal(key.Public, (await ProvisionAsync(api, Orders with { KeyName = "otlp" })).PublicKey);
    }

    [Fact]
    public async Task A_project_without_an_active_key_gets_one_only_when_adopted()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        api.State.Keys.Update(api.State.Keys.All().Single().Public, static key => key with { IsActive = false });

        Assert.Equal(ProvisionErrorReason.NoActiveKey, (await FailAsync(api, Orders)).Reason);
        Assert.Equal("sentry-otel-operator", api.State.Keys.Find((await ProvisionAsync(api, Orders with { Adoption = AdoptionPolicy.Adopt })).PublicKey)!.Name);
        Assert.False((await ProvisionAsync(api, Orders)).Created);
    }

    [Fact]
    public async Task A_key_list_that_lags_behind_the_create_does_not_matter()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = new Modes { KeyVisibilityLag = 5 } });

        Assert.True((await ProvisionAsync(api, Orders)).Created);
    }
}
