@main struct MeanwhileCommand { static func main() {} }
