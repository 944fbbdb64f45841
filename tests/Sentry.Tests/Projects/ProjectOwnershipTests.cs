using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using static SentryOtel.Sentry.Tests.Projects.Provisioning;

namespace SentryOtel.Sentry.Tests.Projects;

public sealed class ProjectOwnershipTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_create_that_was_carried_out_without_an_answer_ends_with_one_project_of_ours(bool stateIsLag)
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Modes = new Modes { ProjectVisibilityLag = stateIsLag ? 1 : 0 } });
        api.Server.Faults.Enqueue(new Fault { Path = ApiFixture.CreatePath, Reset = FaultPoint.After });
        CreateIntent? intent = null;
        var request = Orders with { RecordIntent = (recorded, _) => Task.FromResult(intent = recorded) };

        var error = await FailAsync(api, request);
        Assert.True(error.IsTransient);
        Assert.Equal("orders", intent?.Slug);
        var project = await ProvisionAsync(api, request with { Intent = intent });

        Assert.True(project.Created);
        Assert.Single(api.State.Projects.All());
        Assert.Contains(api.State.Keys.All(), static key => key.Name == Marker);
    }

    [Fact]
    public async Task The_intent_is_recorded_before_the_create_is_sent()
    {
        await using var api = await ApiFixture.StartAsync();
        var request = Orders with { RecordIntent = static (_, _) => throw new IOException("no storage") };

        await Assert.ThrowsAsync<IOException>(() => new ProjectProvisioner(api.Client, TimeProvider.System).ProvisionAsync(request, ApiFixture.Cancellation));

        Assert.Empty(api.State.Projects.All());
    }

    [Theory]
    [InlineData(403)]
    [InlineData(400)]
    [InlineData(409)]
    public async Task The_intent_of_a_refused_create_does_not_claim_what_a_person_makes_a_moment_later(int status)
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail(ApiFixture.CreatePath, status, """{"detail":"no"}""", method: "POST");
        CreateIntent? intent = null;
        var request = Orders with { RecordIntent = (recorded, _) => Task.FromResult(intent = recorded) };

        await FailAsync(api, request);
        Assert.Null(intent);
        api.State.Projects.Create("orders", "orders");

        Assert.False((await ProvisionAsync(api, request with { Intent = intent })).Created);
    }

    [Fact]
    public async Task An_old_intent_does_not_claim_a_project_that_a_person_made()
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var made = api.State.Projects.Find("orders")!.DateCreated;

        var project = await ProvisionAsync(api, Orders with { Intent = new CreateIntent("orders", made.AddMinutes(-6)) });

        Assert.False(project.Created);
    }

    [Fact]
    public async Task Two_owners_that_race_make_one_project_and_one_of_them_made_it()
    {
        await using var api = await ApiFixture.StartAsync();
        var owners = Enumerable.Range(0, 4).Select(static i => $"owner-{i}").ToArray();

        var projects = await Task.WhenAll(owners.Select(owner => ProvisionAsync(api, Orders with { Owner = owner, RecordIntent = static (_, _) => Task.CompletedTask })));

        Assert.Single(api.State.Projects.All());
        Assert.Single(projects.Select(static project => project.Id).Distinct());
        Assert.Single(projects, static project => project.Created);
    }

    [Fact]
    public async Task Another_owners_marker_outweighs_an_intent()
    {
        await using var api = await ApiFixture.StartAsync();
        await ProvisionAsync(api, Orders with { Owner = "other" });

        var project = await ProvisionAsync(api, Orders with { Intent = new CreateIntent("orders", TimeProvider.System.GetUtcNow()) });

        Assert.False(project.Created);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_found_at_another_address_counts_when_the_project_has_its_id_and_its_key(bool isSameServer)
    {
        await using var api = await ApiFixture.StartAsync();
        var first = await ProvisionAsync(api, Orders);
        var remembered = Remember(first)! with { PublicKey = isSameServer ? first.PublicKey : "0123456789abcdef0123456789abcdef" };

        // Its marker is not there, so that nothing else tells whose it is.
        var second = await ProvisionAsync(api, Orders with { Owner = "another", KnownElsewhere = remembered });

        Assert.Equal((isSameServer, isSameServer ? null : first.Id), (second.Created, second.ReplacedId));
    }

    [Fact]
    public async Task A_deleted_project_is_made_anew_and_one_that_somebody_else_remade_is_theirs()
    {
        await using var api = await ApiFixture.StartAsync();
        var first = await ProvisionAsync(api, Orders);
        api.State.Projects.Delete("orders");
        var second = await ProvisionAsync(api, Orders with { Known = Remember(first) });
        api.State.Projects.Delete("orders");
        api.State.Projects.Create("orders", "orders");
        var third = await ProvisionAsync(api, Orders with { Known = Remember(second) });

        Assert.Equal((true, first.Id), (second.Created, second.ReplacedId));
        Assert.Equal((false, second.Id), (third.Created, third.ReplacedId));
    }

    [Fact]
    public async Task A_marker_that_could_not_be_made_is_made_on_the_next_pass()
    {
        await using var api = await ApiFixture.StartAsync();
        api.Fail("/api/0/projects/*/*/keys/", 503, method: "POST");
        CreateIntent? intent = null;
        var request = Orders with { RecordIntent = (recorded, _) => Task.FromResult(intent = recorded) };

        var error = await FailAsync(api, request);
        var project = await ProvisionAsync(api, request with { Intent = intent });

        Assert.Equal((ProvisionErrorReason.KeyNotReady, true), (error.Reason, error.IsTransient));
        Assert.True(project.Created);
        Assert.Single(api.State.Projects.All());
    }
}
