extension DemoTopic {
    static let account = DemoTopic(
        label: "account",
        statements: [
            "I can not sign in on my {device} since {day}",
            "the link for resetting my password never reaches my inbox",
            "I want to change the email address that I sign in with",
            "your page says that my user name is already taken",
            "the code for logging in arrives on a number that I no longer have",
            "I see the orders of {person} when I open my profile",
            "I would like you to delete my profile and all data about me",
            "my password is refused on the {device} although I typed it slowly",
            "somebody in {place} logged in as me on {day}",
            "I was locked out after {days} because I forgot my password",
            "I have two profiles and would like to have them merged",
            "the security question asks for a name that I never gave",
            "I can not update my phone number and my surname in the settings",
            "the page for signing in returns me to the start every time on my {device}",
            "a stranger seems to be using my login from {place}",
            "I registered with the wrong birthday and the field is greyed out",
        ],
        allIsWell: [
            "I can log in without trouble", "my password works on the {device}", "my profile is up to date",
            "the email address in my account is right", "I could reset my password on {day}",
            "signing in on the {device} is no problem",
        ],
        matters: [
            "my password", "signing in on the {device}", "my profile", "the email address of my account",
            "the code for logging in", "my user name",
        ])

    static let fault = DemoTopic(
        label: "fault",
        statements: [
            "the {item} will not switch on any more",
            "the {item} does not charge although the cable is new",
            "the {item} makes a grinding noise after a few minutes",
            "a crack appeared in the {item} after {days} of normal use",
            "the {item} loses its connection to my {device} all the time",
            "the display of the {item} stays black since {day}",
            "the {item} gets so hot that I can not touch it",
            "the button on the {item} sticks and has to be pulled out by hand",
            "the screws that hold the {item} together fall out again and again",
            "water drips from the bottom of the {item}",
            "the update on {day} left the {item} frozen at the first screen",
            "the {item} smells of burnt plastic when it runs",
            "the {item} shows the error E{order} and then restarts",
            "one side of the {item} is silent and the other crackles",
            "the {item} died after {days} and no lamp on it lights up",
            "the motor of the {item} stutters and then gives up",
        ],
        allIsWell: [
            "the {item} works perfectly", "the {item} itself is in good order", "nothing is broken",
            "the new {item} runs without a fault", "the {item} switches on and charges as it should",
            "the repair of the {item} in {month} went well",
        ],
        matters: [
            "a broken {item}", "the noise that the {item} makes", "the repair of the {item}",
            "the battery of the {item}",
            "the error on the display", "a defect",
        ])

    static let subscription = DemoTopic(
        label: "subscription",
        statements: [
            "I want to cancel my membership before it renews in {month}",
            "my plan was renewed for a year although I had asked for a month",
            "I should like to move from the monthly plan to the yearly one",
            "please pause my coffee subscription while I am in {place}",
            "the free trial ended after {days} and I did not want to go on",
            "I would like to add {person} to our family membership",
            "I can not find where to stop the weekly box",
            "my membership shows as expired although it should run until {month}",
            "I want to skip the box in {month} and keep the ones after it",
            "the premium plan does not include what the page about it promised",
            "I moved to {place} and would like to know whether my membership is valid there",
            "the newsletter says that members get a {item} and my plan does not list it",
            "I would like the student plan and have a certificate from {place}",
            "the automatic renewal can not be turned off on my {device}",
            "I have had enough of the monthly surprise box and wish to end it",
            "I would like to downgrade from premium to the basic tier in {month}",
        ],
        allIsWell: [
            "I am happy with my membership", "my plan was renewed as I wanted",
            "I do not want to cancel my subscription",
            "the monthly box is lovely", "the free trial was useful", "switching to the yearly plan was easy",
        ],
        matters: [
            "cancelling my membership", "the monthly plan", "the renewal in {month}", "the free trial",
            "my subscription", "the weekly box",
        ])
}
