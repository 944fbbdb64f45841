using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using static SentryOtel.Sentry.Tests.Projects.Provisioning;

namespace SentryOtel.Sentry.Tests.Projects;

public sealed class ProjectTeamTests
{
    [Fact]
    public async Task Without_a_team_named_the_oldest_takes_the_project()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Teams = ["zebra", "ant"] });

        await ProvisionAsync(api, Orders);
        await ProvisionAsync(api, Orders with { Slug = "sales", Team = "ant" });

        var teams = api.State.Teams.All().ToDictionary(static team => team.Id, static team => team.Slug);
        Assert.Equal(["zebra", "ant"], api.State.Projects.All().Select(project => teams[project.TeamIds.Single()]));
    }

    [Fact]
    public async Task With_several_teams_and_none_named_the_choices_are_named_if_so_wished()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Teams = ["zebra", "ant"] });

        var error = await FailAsync(api, Orders with { SeveralTeams = SeveralTeams.Refuse });
        api.State.Teams.Delete("ant");
        var project = await ProvisionAsync(api, Orders with { SeveralTeams = SeveralTeams.Refuse });

        Assert.Equal(ProvisionErrorReason.AmbiguousTeam, error.Reason);
        Assert.Contains("ant, zebra", error.Message, StringComparison.Ordinal);
        Assert.True(project.Created);
    }

    [Fact]
    public async Task A_missing_team_is_an_error_with_the_cure()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Teams = [] });

        Assert.Equal(ProvisionErrorReason.NoTeam, (await FailAsync(api, Orders)).Reason);
        var error = await FailAsync(api, Orders with { Team = "ghosts" });
        Assert.Equal(ProvisionErrorReason.TeamNotFound, error.Reason);
        Assert.Contains("projects.team", error.Message, StringComparison.Ordinal);
    }
}
