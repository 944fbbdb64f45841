using SentryOtel.Crds.Generator;

return CommandLine.Run(args, Console.Out, Console.Error);
