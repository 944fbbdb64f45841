using System.Text.Json.Nodes;
using SentryOtel.Cli.CommandLine;
using SentryOtel.Crds.Serialization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SentryOtel.Cli.Terminal;

/// <summary>What a command prints to: in a terminal with colours and signs, in a pipe as plain text.</summary>
internal sealed class Screen
{
    /// <summary>Characters of a line in a pipe.</summary>
    public const int PipeWidth = 120;

    private readonly IAnsiConsole _console;
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    public Screen(CliEnvironment environment, bool noColor)
    {
        (_output, _error) = (environment.Output, environment.Error);
        IsTerminal = environment.IsTerminal;
        var plain = noColor || environment.WantsNoColor || !environment.IsTerminal;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = environment.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = environment.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(environment.Output),
        });
        if (!environment.IsTerminal)
        {
            _console.Profile.Width = PipeWidth;
        }
    }

    /// <summary>Whether somebody looks at it as it comes.</summary>
    public bool IsTerminal { get; }

    /// <summary>Shows a table, a tree, a text.</summary>
    public void Show(IRenderable thing)
    {
        if (IsTerminal)
        {
            _console.Write(thing);
            return;
        }

        // Tables fill their last column with blanks.
        foreach (var line in string.Concat(thing.Render(RenderOptions.Create(_console, _console.Profile.Capabilities), PipeWidth)
            .Where(static segment => !segment.IsControlCode).Select(static segment => segment.Text)).TrimEnd('\n').Split('\n'))
        {
            _output.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>A line in Spectre's markup.</summary>
    public void Line(string markup)
    {
        Show(new Markup(markup));
        if (IsTerminal)
        {
            _console.WriteLine();
        }
    }

    /// <summary>A line of what was asked for, as it is.</summary>
    public void Verbatim(string text) => _output.WriteLine(text);

    /// <summary>A line of plain text that is broken where a pipe's line ends.</summary>
    public void Wrapped(string text, int indent)
    {
        foreach (var line in Wrapping.Lines(text, PipeWidth, indent))
        {
            _output.WriteLine(line);
        }
    }

    /// <summary>A line that is not part of the answer.</summary>
    public void Note(string text) => _error.WriteLine(text);

    /// <summary>A document for programs.</summary>
    public void Document(JsonObject document, OutputFormat format) =>
        _output.Write(format == OutputFormat.Yaml ? YamlText.Of(document) : document.ToJsonString(JsonText.Options) + "\n");

    /// <summary>Draws anew what <paramref name="next"/> gives, until it is stopped.</summary>
    public Task LiveAsync(IRenderable first, Func<Task<IRenderable>> next) => _console.Live(first).StartAsync(async context =>
    {
        while (true)
        {
            context.UpdateTarget(await next());
        }
    });
}
