using SentryOtel.Sentry.Catalogs;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using static SentryOtel.Sentry.Tests.Catalogs.CatalogWorld;

namespace SentryOtel.Sentry.Tests.Catalogs;

/// <summary>What decision 0002 promises holds by the catalogue too, whatever a list leaves out.</summary>
public sealed class CatalogSafetyTests
{
    [Fact]
    public async Task A_project_that_somebody_made_since_the_list_is_theirs()
    {
        await using var world = await StartAsync();
        await world.Catalog.ListAsync(ApiFixture.Cancellation);
        world.Api.State.Projects.Create("orders", "orders");
        CreateIntent? intent = null;

        var project = await world.FindAsync(Wish("orders") with { RecordIntent = (recorded, _) => Task.FromResult(intent = recorded) }, Now);

        Assert.True(project.PreExisting);
        Assert.Null(intent);
        Assert.Single(world.Api.State.Projects.All());
    }

    [Fact]
    public async Task A_known_project_that_a_list_leaves_out_is_asked_for_before_it_counts_as_gone()
    {
        await using var world = await StartAsync();
        var made = await world.FindAsync(Wish("orders"), Now);
        world.Api.Fail(ProjectList, 200, "[]");
        Assert.Null(await world.Catalog.ListAsync(ApiFixture.Cancellation));
        Assert.Null(world.Catalog.Entries.Find(made.Id));

        var again = await world.FindAsync(Wish("orders", made), Standing);

        Assert.Equal(made with { CreatedNow = false }, again);
        Assert.Single(world.Api.State.Projects.All());
    }

    [Fact]
    public async Task Keys_that_a_list_leaves_out_are_asked_for_and_no_second_marker_is_made()
    {
        await using var world = await StartAsync();
        var made = await world.FindAsync(Wish("orders"), Now);
        world.Api.Fail(KeyList, 200, "[]");
        await world.Catalog.ListAsync(ApiFixture.Cancellation);
        var keys = world.Api.State.Keys.All().Length;

        var again = await world.FindAsync(Wish("orders", made), Standing);

        Assert.Equal(made.PublicKey, again.PublicKey);
        Assert.Equal(keys, world.Api.State.Keys.All().Length);
    }

    [Fact]
    public async Task A_key_that_was_switched_off_is_noticed_by_the_list()
    {
        await using var world = await StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var known = await world.FindAsync(Wish("orders"), Now);
        var other = world.Api.State.Keys.Create(long.Parse(known.Id), "second");
        world.Api.State.Keys.Update(known.PublicKey, static key => key with { IsActive = false });

        Assert.Equal(known.PublicKey, (await world.FindAsync(Wish("orders", known), Standing)).PublicKey);
        await world.Catalog.ListAsync(ApiFixture.Cancellation);

        Assert.Equal(other.Public, (await world.FindAsync(Wish("orders", known), Standing)).PublicKey);
    }

    [Fact]
    public async Task A_renamed_project_is_known_by_its_id_and_found_by_its_former_slug()
    {
        await using var world = await StartAsync();
        var made = await world.FindAsync(Wish("orders"), Now);
        world.Api.State.Projects.Update(long.Parse(made.Id), static project => project with { Slug = "sales" });
        await world.Catalog.ListAsync(ApiFixture.Cancellation);

        var renamed = await world.FindAsync(Wish("orders", made), Standing);
        world.TakeCalls();
        var later = await world.FindAsync(Wish("orders", renamed), Standing);

        Assert.Equal((made.Id, "sales", true), (renamed.Id, renamed.Slug, renamed.Renamed));
        Assert.Equal(renamed, later);
        Assert.Empty(world.TakeCalls());
        Assert.Single(world.Api.State.Projects.All());
    }

    [Fact]
    public async Task A_rename_that_was_never_seen_is_told_from_a_wish_for_another_project()
    {
        await using var world = await StartAsync();
        var made = await world.FindAsync(Wish("orders"), Now);
        world.Api.State.Projects.Update(long.Parse(made.Id), static project => project with { Slug = "sales" });
        using var restarted = new OrganizationCatalog(world.Api.Client, TimeProvider.System);
        await restarted.ListAsync(ApiFixture.Cancellation);
        var request = Wish("orders", made with { Slug = "sales" });

        var renamed = await new ProjectProvisioner(restarted.ViewFor(world.Api.Client, request, Standing), TimeProvider.System).ProvisionAsync(request, ApiFixture.Cancellation);

        Assert.Equal(made.Id, renamed.Project?.Id);
        Assert.Single(world.Api.State.Projects.All());
    }

    [Fact]
    public async Task A_pass_that_follows_a_create_without_an_answer_trusts_Sentry_alone()
    {
        await using var world = await StartAsync();
        await world.Catalog.ListAsync(ApiFixture.Cancellation);
        var intent = new CreateIntent("orders", TimeProvider.System.GetUtcNow());
        world.Api.State.Projects.Create("orders", "orders");

        var project = await world.FindAsync(Wish("orders") with { Intent = intent }, Standing);

        Assert.True(project.Created);
        Assert.Single(world.Api.State.Projects.All());
    }

    [Fact]
    public async Task Two_owners_that_race_by_one_catalogue_make_one_project_and_one_of_them_made_it()
    {
        await using var world = await StartAsync();
        await world.Catalog.ListAsync(ApiFixture.Cancellation);

        var projects = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => world.FindAsync(
            Wish("orders") with { Owner = $"owner-{i}", RecordIntent = static (_, _) => Task.CompletedTask }, Now)));

        Assert.Single(world.Api.State.Projects.All());
        Assert.Single(projects, static project => project.Created);
    }

    [Fact]
    public async Task A_deleted_project_is_made_anew_after_Sentry_confirmed_that_it_is_gone()
    {
        await using var world = await StartAsync();
        var made = await world.FindAsync(Wish("orders"), Now);
        world.Api.State.Projects.Delete("orders");

        Assert.Equal(made.Id, (await world.FindAsync(Wish("orders", made), Standing)).Id);
        await world.Catalog.ListAsync(ApiFixture.Cancellation);
        var second = await world.FindAsync(Wish("orders", made), Standing);

        Assert.Equal((true, made.Id), (second.CreatedNow, second.ReplacedId));
    }

    [Fact]
    public async Task What_was_deleted_through_the_catalogue_is_not_found_any_more()
    {
        await using var world = await StartAsync();
        world.Api.State.Tokens.Grant(new AccessToken(ApiFixture.Token, ["org:read", "project:admin", "team:read"]));
        var made = await world.FindAsync(Wish("orders"), Now);

        var deleted = await world.Catalog.Recording(world.Api.Client).DeleteProjectAsync(made.Id, ApiFixture.Cancellation);

        Assert.True(deleted.IsSuccess, deleted.Error?.Message);
        Assert.Null(world.Catalog.Entries.Find("orders"));
        Assert.NotEqual(made.Id, (await world.FindAsync(Wish("orders"), Now)).Id);
    }

    [Fact]
    public async Task A_change_that_Sentry_refuses_is_not_repeated_by_every_look()
    {
        await using var world = await StartAsync(new SentryServerOptions { Projects = ["orders"] });
        var request = Wish("orders") with { Adoption = AdoptionPolicy.Adopt, Platform = "abacus" };

        var first = await world.FindAsync(request, Now);
        var second = await world.FindAsync(request, Standing);

        Assert.NotNull(first.Warning);
        Assert.Equal(first.Warning, second.Warning);
        Assert.Equal(1, world.TakeCalls().GetValueOrDefault("PUT /api/0/projects/{org}/{project}/"));
    }
}
