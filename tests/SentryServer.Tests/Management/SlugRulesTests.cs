using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Tests.Management;

public sealed partial class SlugRulesTests
{
    [Fact]
    public void A_slug_is_accepted_when_Sentrys_expression_takes_it() =>
        Prop.ForAll(NearSlugs(), slug => Documented().IsMatch(slug) == (SlugRules.Check(slug, 100) is null)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_slug_made_from_any_name_is_acceptable_and_free() =>
        Prop.ForAll(NearSlugs(), name =>
        {
            var first = SlugRules.FromName(name, 50, taken: _ => false);
            var second = SlugRules.FromName(name, 50, taken: slug => slug == first);
            return SlugRules.Check(first, 50) is null && SlugRules.Check(second, 50) is null && first != second;
        }).QuickCheckThrowOnFailure();

    private static Arbitrary<string> NearSlugs() =>
        Gen.Elements("abz019_-A .é".ToCharArray()).ArrayOf().Select(characters => new string(characters)).ToArbitrary();

    [GeneratedRegex(@"^(?![0-9]+\z)[a-z0-9_\-]+\z")]
    private static partial Regex Documented();
}
