using System.Globalization;

namespace SentryOtel.Clients.Soak;

/// <summary>Which services run when: each for some minutes of the hour, then another takes its place, and after an hour's third the first come back.</summary>
internal static class SoakServices
{
    private const string Prefix = "soak-";
    private const int AtATime = 10;
    private const int RoundsOfAService = 60;
    private const int NamesOfAPlace = 4;

    public static IReadOnlyList<string> Of(int round) =>
        [.. Enumerable.Range(0, AtATime).Select(place => string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}{place}-{(round + (place * RoundsOfAService / AtATime)) / RoundsOfAService % NamesOfAPlace}"))];
}
