using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Projects;
using SentryOtel.SentryServer;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class PlanningSentryApiClientTests
{
    private static readonly ProvisionRequest Orders = new() { Owner = "owner", Slug = "orders", MayCreate = true, Platform = "go" };

    [Fact]
    public async Task A_create_is_noted_and_not_sent()
    {
        await using var api = await ApiFixture.StartAsync();
        var planning = new PlanningSentryApiClient(api.Client);

        var result = await new ProjectProvisioner(planning, TimeProvider.System).ProvisionAsync(Orders, ApiFixture.Cancellation);

        Assert.Equal(SentryErrorReason.Planned, result.Error!.Cause!.Reason);
        Assert.Equal([new PlannedChange(PlannedChangeKind.CreateProject, "create project \"orders\" in team \"platform\", platform go")], planning.Changes);
        Assert.Empty(api.State.Projects.All());
    }

    [Fact]
    public async Task What_is_there_is_found_as_ever_and_what_would_be_aligned_is_noted()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"], Teams = ["platform", "shop"] });
        var planning = new PlanningSentryApiClient(api.Client);

        var result = await new ProjectProvisioner(planning, TimeProvider.System)
            .ProvisionAsync(Orders with { Adoption = AdoptionPolicy.Adopt, Team = "shop" }, ApiFixture.Cancellation);

        Assert.True(result.IsSuccess);
        Assert.Equal(["set platform to \"go\"", "give team \"shop\" access"], planning.Changes.Select(static change => change.Text));
        Assert.Equal(0, api.Calls("PUT", "/") + api.Calls("POST", "/"));
    }

    [Fact]
    public async Task A_deletion_is_noted_and_not_sent()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var planning = new PlanningSentryApiClient(api.Client);

        var answer = await planning.DeleteProjectAsync("orders", ApiFixture.Cancellation);

        Assert.Equal(SentryErrorReason.Planned, answer.Error!.Reason);
        Assert.NotNull(api.State.Projects.Find("orders"));
    }
}
